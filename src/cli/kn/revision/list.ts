import type { Command } from "commander";
import { CONFIGURATION_GENERATION_LABEL, SERVICE_LABEL } from "../../../api/names/labels.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import type { TrafficTarget } from "../../../api/serving/traffic.ts";
import { ageCell } from "../../shared/age.ts";
import { printerOf } from "../../shared/print-object.ts";
import { conditionsCell, readyCell, reasonCell } from "../conditions.ts";
import { text } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addListFlags, compareText, listSelection, printList, type Column, type ListFlags } from "../list.ts";
import { REVISION, SERVICE } from "../refs.ts";

export interface RevisionListOptions extends ListFlags {
  readonly service?: string;
  readonly fieldSelector?: string;
}

/** Longest cell of the table. */
const CELL_MAX = 50;

export function revisionListCommand(kn: Kn, run = runRevisionList): Command {
  const command = leaf("list", "[NAME]", "List revisions").alias("ls").addOption(text("-s, --service <string>", "Service name"));
  return addListFlags(command).action((words: string[], flags: RevisionListOptions, self: Command) => {
    const options = { ...flags, ...listSelection("kn revision list", words) };
    printerOf(options);
    return inContext(kn, self, (context) => run(context, options));
  });
}

export async function runRevisionList(context: Context, options: RevisionListOptions): Promise<void> {
  const { client, namespace } = context;
  const { service, fieldSelector } = options;
  if (service !== undefined) await mustGet(context, SERVICE, service);
  const { items } = await client.list(REVISION, {
    namespace,
    ...(service === undefined ? {} : { labelSelector: `${SERVICE_LABEL}=${service}` }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  const objects = items.toSorted(byServiceAndGeneration);
  const services = options.output === undefined ? await servicesOf(context, objects) : new Map<string, KnativeService>();
  const columns = columnsOf(context.clock.now(), services).map((column) => ({ ...column, cell: cut(column.cell) }));
  await printList(context, options, { kind: REVISION, objects, columns, empty: "No revisions found." });
}

function serviceOf(revision: Revision): string {
  return revision.metadata.labels?.[SERVICE_LABEL] ?? "";
}

function generationOf(revision: Revision): string {
  return revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL] ?? "";
}

/** By namespace and service, the newest generation first. */
export function byServiceAndGeneration(a: Revision, b: Revision): number {
  return (
    compareText(a.metadata.namespace ?? "", b.metadata.namespace ?? "") ||
    compareText(serviceOf(a), serviceOf(b)) ||
    Number(generationOf(b)) - Number(generationOf(a)) ||
    compareText(a.metadata.name ?? "", b.metadata.name ?? "")
  );
}

/** The services of these revisions by `namespace/name`; those that are gone are left out. */
async function servicesOf(context: Context, revisions: readonly Revision[]): Promise<Map<string, KnativeService>> {
  const services = new Map<string, KnativeService>();
  for (const id of new Set(revisions.map(serviceId))) {
    const [namespace = "", name = ""] = id.split("/");
    const service = name === "" ? undefined : await context.client.get(SERVICE, { namespace, name });
    if (service !== undefined) services.set(id, service);
  }
  return services;
}

function serviceId(revision: Revision): string {
  return `${revision.metadata.namespace ?? ""}/${serviceOf(revision)}`;
}

function columnsOf(now: number, services: ReadonlyMap<string, KnativeService>): Column<Revision>[] {
  const targets = (revision: Revision) =>
    (services.get(serviceId(revision))?.status?.traffic ?? []).filter((target) => target.revisionName === revision.metadata.name);
  return [
    { title: "NAME", cell: (revision) => revision.metadata.name ?? "" },
    { title: "SERVICE", cell: serviceOf },
    { title: "TRAFFIC", cell: (revision) => trafficCell(targets(revision)) },
    {
      title: "TAGS",
      cell: (revision) =>
        targets(revision)
          .flatMap((target) => target.tag || [])
          .join(","),
    },
    { title: "GENERATION", cell: generationOf },
    { title: "AGE", cell: (revision) => ageCell(revision.metadata.creationTimestamp, now) },
    { title: "CONDITIONS", cell: (revision) => conditionsCell(revision.status?.conditions) },
    { title: "READY", cell: (revision) => readyCell(revision.status?.conditions) },
    { title: "REASON", cell: (revision) => reasonCell(revision.status?.conditions) },
  ];
}

function trafficCell(targets: readonly TrafficTarget[]): string {
  const percent = targets.reduce((sum, target) => sum + (target.percent ?? 0), 0);
  return percent === 0 ? "" : `${percent}%`;
}

function cut(cell: (revision: Revision) => string): (revision: Revision) => string {
  return (revision) => {
    const content = cell(revision);
    return content.length > CELL_MAX ? `${content.slice(0, CELL_MAX - 4)} ...` : content;
  };
}
