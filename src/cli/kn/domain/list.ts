import type { Command } from "commander";
import type { DomainMapping } from "../../../api/serving/domainmapping.ts";
import { printerOf } from "../../shared/print-object.ts";
import { readyCell } from "../conditions.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addListFlags, byNamespaceAndName, printList, type Column, type ListFlags } from "../list.ts";
import { DOMAIN_MAPPING } from "../refs.ts";

export function domainListCommand(kn: Kn, run = runDomainList): Command {
  return addListFlags(leaf("list", "", "List domain mappings").alias("ls")).action((_words: string[], flags: ListFlags, self: Command) => {
    printerOf(flags);
    return inContext(kn, self, (context) => run(context, flags));
  });
}

const COLUMNS: readonly Column<DomainMapping>[] = [
  { title: "NAME", cell: ({ metadata }) => metadata.name ?? "" },
  { title: "URL", cell: ({ status }) => status?.url ?? "" },
  { title: "READY", cell: ({ status }) => readyCell(status?.conditions) },
  { title: "KSVC", cell: ({ spec }) => spec.ref.name },
];

export async function runDomainList(context: Context, flags: ListFlags): Promise<void> {
  const { items } = await context.client.list(DOMAIN_MAPPING, { namespace: context.namespace });
  await printList(context, flags, {
    kind: DOMAIN_MAPPING,
    objects: items.toSorted(byNamespaceAndName),
    columns: COLUMNS,
    empty: "No domain mapping found.",
  });
}
