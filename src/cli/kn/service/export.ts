import type { Command } from "commander";
import { CONFIGURATION_GENERATION_LABEL, LAST_APPLIED_ANNOTATION, SERVICE_LABEL } from "../../../api/names/labels.ts";
import type { ObjectMeta } from "../../../api/meta/object.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError } from "../../shared/io.ts";
import { printerOf, type PrintFlags } from "../../shared/print-object.ts";
import { addNamespaceFlag, text } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addPrintFlags, compareText } from "../list.ts";
import { REVISION, SERVICE, UPDATE_TIMESTAMP_ANNOTATION } from "../refs.ts";
import { withoutLatestName } from "./traffic.ts";
import { goRevision, goService } from "./target/go-shape.ts";

interface ExportFlags extends PrintFlags {
  readonly withRevisions?: boolean;
  readonly mode?: string;
}

export interface ServiceExportOptions extends ExportFlags {
  readonly name: string;
}

export function serviceExportCommand(kn: Kn, run = runServiceExport): Command {
  const command = addNamespaceFlag(leaf("export", "NAME", "Export a service and its revisions"))
    .option("--with-revisions", "Export all routed revisions (Beta)")
    .addOption(text("--mode <string>", "Format for exporting all routed revisions. One of replay|export (Beta)"));
  return addPrintFlags(command).action((words: string[], flags: ExportFlags, self: Command) => {
    const [name] = words;
    if (name === undefined || words.length > 1) {
      throw new UserError(`'${kn.name} service export' requires name of the service as single argument`);
    }
    if (flags.output === undefined) throw new UserError(`'${kn.name} service export' requires output format`);
    printerOf(flags);
    return inContext(kn, self, (context) => run(context, { ...flags, name }));
  });
}

export async function runServiceExport(context: Context, options: ServiceExportOptions): Promise<void> {
  const service = await mustGet(context, SERVICE, options.name);
  const revisions = options.withRevisions === true ? await revisionsOf(context, options.name) : [];
  const exported = options.mode === "replay" ? forReplay(service, revisions, options) : forImport(service, revisions);
  await printerOf(options)?.(exported, context.io);
}

/** Oldest first. */
async function revisionsOf(context: Context, name: string): Promise<Revision[]> {
  const { items } = await context.client.list(REVISION, { namespace: context.namespace, labelSelector: `${SERVICE_LABEL}=${name}` });
  if (items.length === 0) throw new UserError(`no revisions found for the service ${name}`);
  return items.toSorted((a, b) => generationOf(a) - generationOf(b) || compareText(b.metadata.name ?? "", a.metadata.name ?? ""));
}

function generationOf(revision: Revision): number {
  return Number(revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL] ?? 0);
}

/** What `kn service import` reads. */
function forImport(service: KnativeService, revisions: readonly Revision[]): object {
  const routed = routedOf(service, revisions).map(exportedRevision);
  return {
    kind: "Export",
    apiVersion: "client.knative.dev/v1alpha1",
    metadata: {},
    spec: { service: latest(service, revisions.length > 1), revisions: routed.length === 0 ? null : routed },
  };
}

/** What kubectl applies in turn: the service as it was at each routed revision, and as it is. */
function forReplay(service: KnativeService, revisions: readonly Revision[], { withRevisions }: ExportFlags): object {
  if (withRevisions !== true) return latest(service, false);
  const earlier = routedOf(service, revisions).map((revision) => serviceAt(service, revision));
  return { kind: "List", apiVersion: "v1", metadata: {}, items: [...earlier, applicable(latest(service, revisions.length > 1))] };
}

/** No server takes the name of a revision beside `latestRevision`. */
function applicable(service: KnativeService): KnativeService {
  const { traffic } = service.spec;
  return traffic === undefined ? service : { ...service, spec: { ...service.spec, traffic: traffic.map(withoutLatestName) } };
}

/** Revisions that the service's traffic names, except the one that its template names. */
function routedOf(service: KnativeService, revisions: readonly Revision[]): Revision[] {
  const routed = new Set((service.spec.traffic ?? []).map((target) => target.revisionName).filter((name) => name !== undefined));
  routed.delete(service.spec.template.metadata?.name ?? "");
  return revisions.filter((revision) => routed.has(revision.metadata.name ?? ""));
}

function latest(service: KnativeService, withTraffic: boolean): KnativeService {
  const { metadata, spec, status } = service;
  const traffic = (spec.traffic ?? []).map((target) =>
    target.latestRevision === true ? { ...target, revisionName: status?.latestReadyRevisionName } : target,
  );
  const template = { metadata: revisionMetadata(spec.template.metadata), spec: spec.template.spec };
  return goService({
    ...service,
    metadata: serviceMetadata(metadata),
    spec: { template, ...(withTraffic ? { traffic } : {}) },
    status: {},
  });
}

function serviceAt(service: KnativeService, revision: Revision): KnativeService {
  const { annotations } = revisionMetadata(revision.metadata);
  const metadata = { ...revisionMetadata(service.spec.template.metadata), name: revision.metadata.name, annotations };
  return goService({
    ...service,
    metadata: serviceMetadata(service.metadata),
    spec: { template: { metadata, spec: revision.spec ?? { containers: [] } } },
    status: {},
  });
}

function exportedRevision(revision: Revision): Revision {
  return goRevision({ ...revision, metadata: revisionMetadata(revision.metadata), status: {} });
}

const OF_SERVER = ["serving.knative.dev/configurationUID", "serving.knative.dev/serviceUID"];
const OF_SERVICE = ["serving.knative.dev/creator", "serving.knative.dev/lastModifier", LAST_APPLIED_ANNOTATION];
const OF_REVISION = [
  "serving.knative.dev/lastPinned",
  "serving.knative.dev/creator",
  "serving.knative.dev/routingStateModified",
  UPDATE_TIMESTAMP_ANNOTATION,
];

function serviceMetadata(metadata: ObjectMeta): ObjectMeta {
  return portable(metadata, OF_SERVICE);
}

function revisionMetadata(metadata: ObjectMeta | undefined): ObjectMeta {
  return portable(metadata ?? {}, OF_REVISION);
}

/** Name, labels and annotations, without those that a server sets. */
function portable({ name, labels, annotations }: ObjectMeta, ofServer: readonly string[]): ObjectMeta {
  return {
    ...(name === undefined ? {} : { name }),
    ...present("labels", without(labels, OF_SERVER)),
    ...present("annotations", without(annotations, ofServer)),
  };
}

type Texts = Readonly<Record<string, string>>;

function without(map: Texts | undefined, keys: readonly string[]): Texts {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)));
}

function present(name: "labels" | "annotations", map: Texts): Partial<ObjectMeta> {
  return Object.keys(map).length === 0 ? {} : { [name]: map };
}
