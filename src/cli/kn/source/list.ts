import type { Command } from "commander";
import type { Destination } from "../../../api/duck/destination.ts";
import type { Condition } from "../../../api/meta/conditions.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { UserError } from "../../shared/io.ts";
import { printerOf } from "../../shared/print-object.ts";
import { nameColumn, readyColumn, sinkColumn } from "../eventing/columns.ts";
import { commaList } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addListFlags, byNamespaceAndName, printList, type Column, type ListFlags } from "../list.ts";
import { sourceTypes, type SourceType } from "./types.ts";

interface SourceListFlags extends ListFlags {
  readonly type?: readonly string[];
}

type AnySource = KubeObject & {
  readonly spec?: { readonly sink?: Destination };
  readonly status?: { readonly conditions?: readonly Condition[] };
};
type Listed = AnySource & { readonly resource: string };

const SOURCES: KindRef<Listed> = { group: "client.knative.dev", version: "v1alpha1", kind: "Source", plural: "sources", namespaced: true };

const COLUMNS: readonly Column<Listed>[] = [
  nameColumn(),
  { title: "TYPE", cell: ({ kind }) => kind ?? "" },
  { title: "RESOURCE", cell: ({ resource }) => resource },
  sinkColumn<Listed>("SINK", ({ spec }) => spec?.sink),
  readyColumn(),
];

export function sourceListCommand(kn: Kn): Command {
  return addListFlags(leaf("list", "", "List event sources").alias("ls"))
    .addOption(commaList("-t, --type <strings>", "Filter list on given source type. This flag can be given multiple times."))
    .action((_words: string[], flags: SourceListFlags, self: Command) => {
      printerOf(flags);
      return inContext(kn, self, (context) => run(context, flags));
    });
}

async function run(context: Context, flags: SourceListFlags): Promise<void> {
  const types = chosen(await sourceTypes(context), flags.type ?? []);
  const lists = await Promise.all(types.map((type) => objectsOf(context, type)));
  const objects = lists.flat().toSorted(byNamespaceAndName);
  const print = printerOf(flags);
  if (print !== undefined) {
    const items = objects.map(({ resource: _resource, ...object }) => object);
    return print({ apiVersion: `${SOURCES.group}/${SOURCES.version}`, kind: "SourceList", items }, context.io);
  }
  await printList(context, flags, { kind: SOURCES, objects, columns: COLUMNS, empty: "No sources found." });
}

function chosen(types: readonly SourceType[], names: readonly string[]): readonly SourceType[] {
  if (names.length === 0) return types;
  const wanted = names.map((name) => name.toLowerCase());
  const found = types.filter(({ kind }) => wanted.some((name) => kind.toLowerCase() === name || kind.toLowerCase() === `${name}source`));
  if (found.length === 0) throw new UserError(`no sources found on the backend for type: ${names.join(", ")}`);
  return found;
}

async function objectsOf(context: Context, { group, version, kind, plural }: SourceType): Promise<Listed[]> {
  const ref: KindRef<AnySource> = { group, version, kind, plural, namespaced: true };
  const { items } = await context.client.list(ref, { namespace: context.namespace });
  return items.map((item) => ({ ...item, apiVersion: `${group}/${version}`, kind, resource: `${plural}.${group}` }));
}
