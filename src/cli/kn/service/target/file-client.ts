/** `--target`: services as files of a folder, or one service as a file, in place of a cluster. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { notFound } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import type { KnativeService } from "../../../../api/serving/service.ts";
import type { Client, List, ListOptions, Patch } from "../../../../client/types.ts";
import { UserError } from "../../../shared/io.ts";
import { jsonText, yamlText } from "../../../shared/print-object.ts";
import { SERVICE } from "../../refs.ts";
import { goService } from "./go-shape.ts";
import { mergePatched } from "../merge-patch.ts";

const FOLDER = "ksvc";
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** A client of Services over `path`: `NAMESPACE/ksvc/NAME.yaml` below a folder, or one `.yaml`, `.yml` or `.json` file. */
export function fileClient(path: string): Client {
  const files = /\.(ya?ml|json)$/.test(path) ? oneFile(path) : folderOf(path);
  const update = async (service: KnativeService): Promise<KnativeService> => {
    const key = keyOf(service);
    if ((await files.read(key)) === undefined) throw notFound(SERVICE, key.name);
    return files.write(service);
  };
  const serving = {
    get: (_kind: KindRef, key: ObjectKey) => files.read(key),
    list: async (_kind: KindRef, options: ListOptions = {}): Promise<List<KnativeService>> => {
      const name = /^metadata\.name=(.*)$/.exec(options.fieldSelector ?? "")?.[1];
      const items = await files.all(options.namespace ?? "");
      return { items: items.filter((item) => name === undefined || item.metadata.name === name), resourceVersion: "" };
    },
    create: (_kind: KindRef, service: KnativeService) => files.write(service),
    update: (_kind: KindRef, service: KnativeService) => update(service),
    patch: async (_kind: KindRef, key: ObjectKey, patch: Patch) => {
      const current = await files.read(key);
      if (current === undefined || patch.type !== "merge") throw unsupported();
      return files.write(mergePatched(current, patch.body) as KnativeService);
    },
    delete: (_kind: KindRef, key: ObjectKey) => files.remove(key),
    updateStatus: refuse,
    watch: refuse,
  };
  return onlyServices(serving as unknown as Client);
}

function refuse(): never {
  throw unsupported();
}

function unsupported(): UserError {
  return new UserError("this operation is not supported in gitops mode");
}

/** The same client, which knows no kind but Service. */
function onlyServices(client: Client): Client {
  return new Proxy(client, {
    get:
      (target, method: keyof Client) =>
      (kind: KindRef, ...rest: unknown[]) =>
        kind.plural === SERVICE.plural ? (target[method] as (...args: unknown[]) => unknown)(kind, ...rest) : refuse(),
  });
}

function keyOf({ metadata }: KubeObject): { namespace: string; name: string } {
  return { namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
}

interface ServiceFiles {
  read(key: ObjectKey): Promise<KnativeService | undefined>;
  write(service: KnativeService): Promise<KnativeService>;
  remove(key: ObjectKey): Promise<void>;
  /** Of one namespace, or of all for "". */
  all(namespace: string): Promise<KnativeService[]>;
}

function folderOf(root: string): ServiceFiles {
  const pathOf = ({ namespace, name }: ObjectKey): string => {
    if (!NAME.test(name) || !NAME.test(namespace)) throw new UserError(`invalid name ${JSON.stringify(`${namespace}/${name}`)} for a file`);
    return join(root, namespace, FOLDER, `${name}.yaml`);
  };
  return {
    read: (key) => readService(pathOf(key)),
    async write(service) {
      if (!(await exists(root))) throw new UserError(`directory '${root}' not present, please create the directory and try again`);
      return writeService(pathOf(keyOf(service)), service);
    },
    remove: (key) => rm(pathOf(key)),
    async all(namespace) {
      const start = join(root, namespace);
      if (!(await exists(start))) throw new UserError(`stat ${start}: no such file or directory`);
      const names = (await readdir(start, { recursive: true })).filter((name) => isServiceFile(join(namespace, name)));
      const services = await Promise.all(names.toSorted().map((name) => readService(join(start, name))));
      return services.filter((service) => service !== undefined);
    },
  };
}

/** `NAMESPACE/ksvc/NAME.yaml`, wherever the folder is. */
function isServiceFile(path: string): boolean {
  return path.endsWith(".yaml") && dirname(path).split(/[\\/]/).at(-1) === FOLDER;
}

/** A file belongs to the service that it holds: others are not there, and do not overwrite it. */
function oneFile(path: string): ServiceFiles {
  const holder = async () => readService(path);
  return {
    async read({ name }) {
      const service = await holder();
      return service?.metadata.name === name ? service : undefined;
    },
    async write(service) {
      const other = (await holder())?.metadata.name;
      if (other !== undefined && other !== service.metadata.name)
        throw new UserError(`file '${path}' holds the service '${other}' already`);
      return writeService(path, service);
    },
    remove: () => rm(path),
    async all() {
      const service = await holder();
      if (service === undefined) throw new UserError(`open ${path}: no such file or directory`);
      return [service];
    },
  };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readService(path: string): Promise<KnativeService | undefined> {
  const content = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new UserError(`open ${path}: ${error.message}`);
  });
  if (content === undefined) return undefined;
  const { parseServiceManifest } = await import("../manifest.ts");
  return parseServiceManifest(content, path, undefined);
}

async function writeService(path: string, service: KnativeService): Promise<KnativeService> {
  const written = goService(service);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, path.endsWith(".json") ? jsonText(written) : await yamlText(written));
  return written;
}
