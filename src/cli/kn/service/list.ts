import type { Command } from "commander";
import type { KnativeService } from "../../../api/serving/service.ts";
import { ageCell } from "../../shared/age.ts";
import { printerOf } from "../../shared/print-object.ts";
import { conditionsCell, readyCell, reasonCell } from "../conditions.ts";
import { addTargetFlag } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addListFlags, byNamespaceAndName, listSelection, printList, type Column, type ListFlags } from "../list.ts";
import { SERVICE } from "../refs.ts";

export interface ServiceListOptions extends ListFlags {
  readonly fieldSelector?: string;
}

export function serviceListCommand(kn: Kn, run = runServiceList): Command {
  const command = leaf("list", "", "List services").alias("ls");
  return addTargetFlag(addListFlags(command)).action((words: string[], flags: ListFlags, self: Command) => {
    const options = { ...flags, ...listSelection("service list", words) };
    printerOf(options);
    return inContext(kn, self, (context) => run(context, options));
  });
}

export async function runServiceList(context: Context, options: ServiceListOptions): Promise<void> {
  const { fieldSelector } = options;
  const { items } = await context.client.list(SERVICE, {
    namespace: context.namespace,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  const objects = items.toSorted(byNamespaceAndName);
  await printList(context, options, { kind: SERVICE, objects, columns: columns(context.clock.now()), empty: "No services found." });
}

function columns(now: number): Column<KnativeService>[] {
  return [
    { title: "NAME", cell: (service) => service.metadata.name ?? "" },
    { title: "URL", cell: (service) => service.status?.url ?? "" },
    { title: "LATEST", cell: (service) => service.status?.latestReadyRevisionName ?? "" },
    { title: "AGE", cell: (service) => ageCell(service.metadata.creationTimestamp, now) },
    { title: "CONDITIONS", cell: (service) => conditionsCell(service.status?.conditions) },
    { title: "READY", cell: (service) => readyCell(service.status?.conditions) },
    { title: "REASON", cell: (service) => reasonCell(service.status?.conditions) },
  ];
}
