import type { Command } from "commander";
import { findCondition } from "../../../api/meta/conditions.ts";
import { CONFIGURATION_GENERATION_LABEL } from "../../../api/names/labels.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import type { TrafficTarget } from "../../../api/serving/traffic.ts";
import { ageMs, shortDuration } from "../../shared/age.ts";
import { UserError } from "../../shared/io.ts";
import { printerOf } from "../../shared/print-object.ts";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata, type DescribeFlags, type View } from "../describe.ts";
import { addNamespaceFlag, addTargetFlag } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addPrintFlags } from "../list.ts";
import { REVISION, SERVICE } from "../refs.ts";
import { writeContainerDetails, writeImageAndReplicas } from "../revision-facts.ts";

export interface ServiceDescribeOptions extends DescribeFlags {
  readonly name: string;
}

export function serviceDescribeCommand(kn: Kn, run = runServiceDescribe): Command {
  const command = addNamespaceFlag(leaf("describe", "NAME", "Show details of a service"));
  return addTargetFlag(addPrintFlags(command, ", url"))
    .option("-v, --verbose", "More output.")
    .action((words: string[], flags: DescribeFlags, self: Command) => {
      const [name] = words;
      if (name === undefined || words.length > 1) {
        throw new UserError("'service describe' requires the service name given as single argument");
      }
      if (flags.output !== "url") printerOf(flags);
      return inContext(kn, self, (context) => run(context, { ...flags, name }));
    });
}

export async function runServiceDescribe(context: Context, options: ServiceDescribeOptions): Promise<void> {
  const service = await mustGet(context, SERVICE, options.name);
  if (options.output === "url") return void context.io.stdout.write(`${service.status?.url ?? ""}\n`);
  const print = printerOf(options);
  if (print !== undefined) return print(service, context.io);
  const rows = revisionRows(service, await revisionsOf(context, service));
  const view = { verbose: options.verbose === true, now: context.clock.now() };
  context.io.stdout.write(describeService(service, rows, view));
}

/** The revisions that get traffic, the latest created and the latest ready one, as far as they exist. */
async function revisionsOf(context: Context, service: KnativeService): Promise<Map<string, Revision>> {
  const { traffic = [], latestCreatedRevisionName, latestReadyRevisionName } = service.status ?? {};
  const wanted = [...traffic.map((target) => target.revisionName), latestCreatedRevisionName, latestReadyRevisionName];
  const revisions = new Map<string, Revision>();
  for (const name of new Set(wanted)) {
    if (name === undefined || name === "") continue;
    const revision = await context.client.get(REVISION, { namespace: context.namespace, name });
    if (revision !== undefined) revisions.set(name, revision);
  }
  return revisions;
}

export interface RevisionRow {
  readonly revision: Revision;
  readonly target: TrafficTarget | undefined;
  readonly latestReady: boolean;
  readonly latestCreated: boolean;
}

/** One row a traffic target, then the latest revisions that get none; newest generation first. */
export function revisionRows(service: KnativeService, revisions: ReadonlyMap<string, Revision>): RevisionRow[] {
  const { traffic = [], latestCreatedRevisionName, latestReadyRevisionName } = service.status ?? {};
  const row = (name: string, target: TrafficTarget | undefined): RevisionRow[] => {
    const revision = revisions.get(name);
    if (revision === undefined) return [];
    return [{ revision, target, latestReady: name === latestReadyRevisionName, latestCreated: name === latestCreatedRevisionName }];
  };
  const routed = new Set(traffic.map((target) => target.revisionName));
  const unrouted = new Set([latestReadyRevisionName, latestCreatedRevisionName].filter((name) => name !== undefined && !routed.has(name)));
  return [
    ...traffic.flatMap((target) => row(target.revisionName ?? "", target)),
    ...[...unrouted].flatMap((name) => row(name ?? "", undefined)),
  ].toSorted((a, b) => generationOf(b.revision) - generationOf(a.revision));
}

function generationOf(revision: Revision): number {
  return Number(revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL] ?? 0);
}

export function describeService(service: KnativeService, rows: readonly RevisionRow[], view: View): string {
  const sections = new Sections();
  const { status } = service;
  const { serviceAccountName, imagePullSecrets } = service.spec.template.spec;
  writeMetadata(sections, service.metadata, view);
  sections.attribute("URL", status?.url ?? "");
  if (view.verbose && status?.address?.url !== undefined) sections.attribute("Cluster", status.address.url);
  if (serviceAccountName !== undefined && serviceAccountName !== "") sections.attribute("Service Account", serviceAccountName);
  if (imagePullSecrets?.[0]?.name !== undefined) sections.attribute("Image Pull Secret", imagePullSecrets[0].name);
  sections.line().attribute("Revisions", "");
  for (const row of rows) writeRevision(sections, row, view);
  writeConditions(sections.line(), status?.conditions, view);
  return sections.toString();
}

const INDENT = 8;

function writeRevision(sections: Sections, row: RevisionRow, view: View): void {
  const { revision } = row;
  const ready = findCondition(revision.status?.conditions, "Ready");
  sections.line(`  ${bullet(row.target?.percent, ready?.status).padStart(4)}  ${headline(row, view.now)}`);
  if (ready?.status === "False") sections.attribute("Error", ready.reason ?? "", INDENT);
  writeImageAndReplicas(sections, revision, INDENT);
  if (view.verbose) writeContainerDetails(sections, revision, { indent: INDENT, verbose: true });
}

function bullet(percent: number | undefined, ready: string | undefined): string {
  if (percent !== undefined && percent > 0) return `${percent}%`;
  return ready === "True" ? "+" : ready === "False" ? "!" : "?";
}

function headline({ revision, target, latestReady, latestCreated }: RevisionRow, now: number): string {
  const name = revision.metadata.name ?? "";
  const suffix = latestReady ? " (current @latest)" : latestCreated ? " (latest created)" : "";
  const title = target?.latestRevision === true ? `@latest (${name})` : `${name}${suffix}`;
  const tag = target?.tag === undefined || target.tag === "" ? "" : ` #${target.tag}`;
  const age = shortDuration(ageMs(revision.metadata.creationTimestamp, now));
  return `${title}${tag} [${generationOf(revision)}] (${age})`;
}
