import type { Command } from "commander";
import { apiVersionOf } from "../../../api/meta/kind.ts";
import { dns1123SubdomainFaults } from "../../../api/serving/validation/names.ts";
import { UserError } from "../../shared/io.ts";
import { addNamespaceFlag, text } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { DOMAIN_MAPPING } from "../refs.ts";
import { addRefFlag, domainAndRef, resolveRef, type RefFlags } from "./ref.ts";

interface CreateFlags extends RefFlags {
  readonly tls?: string;
}

export interface DomainCreateOptions {
  readonly name: string;
  readonly ref: string;
  /** Name of a secret. */
  readonly tls?: string;
}

export function domainCreateCommand(kn: Kn, run = runDomainCreate): Command {
  return addRefFlag(addNamespaceFlag(leaf("create", "NAME --ref REFERENCE", "Create a domain mapping")))
    .addOption(text("--tls <string>", "Serve the domain over TLS with the certificate of this secret."))
    .action((words: string[], flags: CreateFlags, self: Command) => {
      const options = { ...domainAndRef(words, flags), ...tlsOf(flags) };
      return inContext(kn, self, (context) => run(context, options));
    });
}

function tlsOf({ tls }: CreateFlags): { readonly tls?: string } {
  if (tls === undefined || tls === "") return {};
  const [fault] = dns1123SubdomainFaults(tls);
  if (fault !== undefined) throw new UserError(`invalid secret name ${JSON.stringify(tls)}: ${fault}`);
  return { tls };
}

export async function runDomainCreate(context: Context, { name, ref, tls }: DomainCreateOptions): Promise<void> {
  const { namespace } = context;
  await context.client.create(DOMAIN_MAPPING, {
    apiVersion: apiVersionOf(DOMAIN_MAPPING),
    kind: DOMAIN_MAPPING.kind,
    metadata: { name, namespace },
    spec: { ref: await resolveRef(context, ref), ...(tls === undefined ? {} : { tls: { secretName: tls } }) },
  });
  context.io.stdout.write(`Domain mapping '${name}' created in namespace '${namespace}'.\n`);
}
