import type { Command } from "commander";
import { printerOf } from "../../shared/print-object.ts";
import { DEFINITION } from "../eventing/definitions.ts";
import { leaf } from "../group.ts";
import { inContext, type Kn } from "../kn.ts";
import { addListFlags, printList, type Column, type ListFlags } from "../list.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { KNOWN, sourceTypes, type SourceType } from "./types.ts";

type Listed = KubeObject & { readonly type: SourceType };

const COLUMNS: readonly Column<Listed>[] = [
  { title: "TYPE", cell: ({ type }) => type.kind },
  { title: "S", cell: ({ type }) => (KNOWN[type.kind] === undefined ? "" : "X") },
  { title: "NAME", cell: ({ metadata }) => metadata.name ?? "" },
  { title: "DESCRIPTION", cell: ({ type }) => KNOWN[type.kind] ?? "" },
];

export function sourceListTypesCommand(kn: Kn): Command {
  return addListFlags(leaf("list-types", "", "List event source types")).action((_words: string[], flags: ListFlags, self: Command) => {
    printerOf(flags);
    return inContext(kn, self, async (context) => {
      const types = await sourceTypes(context);
      const objects = types.map((type): Listed => ({ metadata: { name: `${type.plural}.${type.group}` }, type }));
      await printList({ ...context, namespace: "-" }, flags, { kind: DEFINITION as never, objects, columns: COLUMNS, empty: "" });
    });
  });
}
