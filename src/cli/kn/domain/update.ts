import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { addNamespaceFlag } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { DOMAIN_MAPPING } from "../refs.ts";
import { updateObject } from "../update-object.ts";
import { addRefFlag, domainAndRef, resolveRef, type RefFlags } from "./ref.ts";

export interface DomainUpdateOptions {
  readonly name: string;
  readonly ref: string;
}

export function domainUpdateCommand(kn: Kn, run = runDomainUpdate): Command {
  return addRefFlag(addNamespaceFlag(leaf("update", "NAME --ref REFERENCE", "Update a domain mapping"))).action(
    (words: string[], flags: RefFlags, self: Command) => {
      const options = domainAndRef(words, flags);
      return inContext(kn, self, (context) => run(context, options));
    },
  );
}

export async function runDomainUpdate(context: Context, { name, ref }: DomainUpdateOptions): Promise<void> {
  await updateObject(context, DOMAIN_MAPPING, {
    name,
    change: async (old) => {
      if (old.metadata.deletionTimestamp !== undefined)
        throw new UserError(`can't update domain mapping '${name}' because it has been marked for deletion`);
      return { ...old, spec: { ...old.spec, ref: await resolveRef(context, ref) } };
    },
  });
  context.io.stdout.write(`Domain mapping '${name}' updated in namespace '${context.namespace}'.\n`);
}
