import { resolve } from "node:path";
import type { Command } from "commander";
import { isNotFound } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { delay } from "../../../std/abort.ts";
import { deepEqual, isRecord } from "../../../std/json.ts";
import { UserError } from "../../shared/io.ts";
import { parseYaml } from "../../shared/yaml.ts";
import { addNamespaceFlag, addWaitFlags, type WaitFlags } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { CONFIGURATION, REVISION, SERVICE } from "../refs.ts";
import { finish } from "./create.ts";
import { withoutLatestName } from "./traffic.ts";

export interface ServiceImportOptions {
  readonly service: KnativeService;
  readonly revisions: readonly Revision[];
  readonly flags: WaitFlags;
}

export function serviceImportCommand(kn: Kn, run = runServiceImport): Command {
  const command = leaf("import", "FILENAME", "Import a service and its revisions (experimental)");
  return addWaitFlags(addNamespaceFlag(command), "'service import' operation to be completed").action(
    async (words: string[], flags: WaitFlags, self: Command) => {
      const [path] = words;
      if (path === undefined || words.length > 1) {
        throw new UserError(`'${kn.name} service import' requires filename of import file as single argument`);
      }
      const exported = await readExport(path, kn.io.cwd);
      return inContext(kn, self, (context) => run(context, { ...exported, flags }));
    },
  );
}

async function readExport(path: string, cwd: string): Promise<Pick<ServiceImportOptions, "service" | "revisions">> {
  const { readFile } = await import("node:fs/promises");
  const content = await readFile(resolve(cwd, path), "utf8").catch(() => {
    throw new UserError(`open ${path}: no such file or directory`);
  });
  const value = await parseYaml(content, path);
  const spec = isRecord(value) && isRecord(value["spec"]) ? value["spec"] : {};
  const { service, revisions } = spec;
  if (!isRecord(service) || !isRecord(service["metadata"]) || typeof service["metadata"]["name"] !== "string") {
    throw new UserError("provided import file doesn't contain service name, please note that only kn's custom export format is supported");
  }
  return { service: service as unknown as KnativeService, revisions: Array.isArray(revisions) ? (revisions as Revision[]) : [] };
}

export async function runServiceImport(context: Context, { service, revisions, flags }: ServiceImportOptions): Promise<void> {
  const { client, namespace } = context;
  const name = service.metadata.name ?? "";
  if ((await client.get(SERVICE, { namespace, name })) !== undefined) {
    throw new UserError(`cannot import service '${name}' in namespace '${namespace}' because the service already exists`);
  }
  const named = withOwnName(service, revisions);
  await client.create(SERVICE, placed(named, namespace));
  const owner = await configurationOf(context, name);
  const others = revisions.filter((revision) => revision.metadata.name !== named.spec.template.metadata?.name);
  for (const revision of others) {
    const { metadata, ...rest } = placed(revision, namespace);
    await client.create(REVISION, { ...rest, metadata: { ...metadata, ownerReferences: [controlledBy(owner)] } });
  }
  await finish(context, name, { flags, doing: "Importing", done: "imported" });
}

/**
 * The service with a name for its template: a server that makes one up may take one that an imported revision has. In
 * the traffic no server takes a name beside `latestRevision`.
 */
function withOwnName(service: KnativeService, revisions: readonly Revision[]): KnativeService {
  const { template, traffic } = service.spec;
  const name = template.metadata?.name ?? templateName(service, revisions);
  const metadata = name === undefined ? template.metadata : { ...template.metadata, name };
  return {
    ...service,
    spec: {
      ...service.spec,
      template: { ...template, ...(metadata === undefined ? {} : { metadata }) },
      ...(traffic === undefined ? {} : { traffic: traffic.map(withoutLatestName) }),
    },
  };
}

/** The name that traffic knows the latest revision by, or that of an equal revision, or one that is free. */
function templateName({ metadata, spec }: KnativeService, revisions: readonly Revision[]): string | undefined {
  const latest = spec.traffic?.find((target) => target.latestRevision === true)?.revisionName;
  const equal = revisions.findLast((revision) => deepEqual(revision.spec, spec.template.spec))?.metadata.name;
  if (latest !== undefined || equal !== undefined || revisions.length === 0) return latest ?? equal;
  const taken = new Set(revisions.map((revision) => revision.metadata.name));
  const names = Array.from({ length: revisions.length + 1 }, (_, index) => `${metadata.name}-${String(index + 1).padStart(5, "0")}`);
  return names.find((name) => !taken.has(name));
}

/** Without a status: that is the server's to write. */
function placed<T extends KubeObject & { status?: unknown }>(object: T, namespace: string): Omit<T, "status"> & KubeObject {
  const { status: _status, ...rest } = object;
  return { ...rest, metadata: { ...object.metadata, namespace } };
}

/** Tries and pauses until the controller has made the Configuration. */
const TRIES = 4;
const FIRST_PAUSE_MS = 10;
const PAUSE_GROWTH = 5;

async function configurationOf(context: Context, name: string): Promise<KubeObject> {
  for (let left = TRIES - 1, pauseMs = FIRST_PAUSE_MS; ; left -= 1, pauseMs *= PAUSE_GROWTH) {
    try {
      return await mustGet(context, CONFIGURATION, name);
    } catch (error) {
      if (!isNotFound(error) || left === 0) throw error;
      await delay(context.clock, pauseMs, context.signal);
    }
  }
}

function controlledBy({ apiVersion = "", kind = "", metadata }: KubeObject) {
  return { apiVersion, kind, name: metadata.name ?? "", uid: metadata.uid ?? "", controller: true, blockOwnerDeletion: true };
}
