import type { Command } from "commander";
import type { Route } from "../../../api/serving/route.ts";
import { printerOf } from "../../shared/print-object.ts";
import { readyCell } from "../conditions.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addListFlags, byNamespaceAndName, listSelection, printList, type Column, type ListFlags } from "../list.ts";
import { ROUTE } from "../refs.ts";

export interface RouteListOptions extends ListFlags {
  readonly fieldSelector?: string;
}

export function routeListCommand(kn: Kn, run = runRouteList): Command {
  return addListFlags(leaf("list", "[NAME]", "List routes").alias("ls")).action((words: string[], flags: ListFlags, self: Command) => {
    const options = { ...flags, ...listSelection("kn route list", words) };
    printerOf(options);
    return inContext(kn, self, (context) => run(context, options));
  });
}

const COLUMNS: readonly Column<Route>[] = [
  { title: "NAME", cell: (route) => route.metadata.name ?? "" },
  { title: "URL", cell: (route) => route.status?.url ?? "" },
  { title: "READY", cell: (route) => readyCell(route.status?.conditions) },
];

export async function runRouteList(context: Context, options: RouteListOptions): Promise<void> {
  const { fieldSelector } = options;
  const { items } = await context.client.list(ROUTE, {
    namespace: context.namespace,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  await printList(context, options, {
    kind: ROUTE,
    objects: items.toSorted(byNamespaceAndName),
    columns: COLUMNS,
    empty: "No routes found.",
  });
}
