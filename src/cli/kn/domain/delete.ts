import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { deleteObject } from "../delete-wait.ts";
import { addNamespaceFlag } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { DOMAIN_MAPPING } from "../refs.ts";

export function domainDeleteCommand(kn: Kn, run = runDomainDelete): Command {
  return addNamespaceFlag(leaf("delete", "NAME", "Delete a domain mapping")).action((words: string[], _flags: object, self: Command) => {
    const [name] = words;
    if (name === undefined || words.length > 1) throw new UserError("'kn domain delete' requires the domain name given as single argument");
    return inContext(kn, self, (context) => run(context, name));
  });
}

export async function runDomainDelete(context: Context, name: string): Promise<void> {
  await deleteObject(context, { kind: DOMAIN_MAPPING, name, flags: {} });
  context.io.stdout.write(`Domain mapping '${name}' deleted in namespace '${context.namespace}'.\n`);
}
