import { randomUUID } from "node:crypto";
import { access, chmod, constants, mkdir, readFile, realpath, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeDisk } from "../images/node-disk.ts";
import { replaceFile } from "../std/disk.ts";
import { networkFilesystem } from "../std/network-filesystem.ts";

/** Version of the layout below. A newer one is refused, an older one would be migrated by numbered steps. */
export const FORMAT = 1;

/** What is decided at the first start and kept. */
export interface Settings {
  /** Names this platform in the environment of its sandboxes. */
  readonly instanceId: string;
  readonly ports: Ports;
  /** Ports on which the registry ever listened: aliases of the stable image name. */
  readonly registryPorts: readonly number[];
  readonly domain: string;
}

export interface Ports {
  readonly api: number;
  readonly gateway: number;
  /** The same hosts over HTTPS. Directories of earlier versions do not name it: it is chosen at the next start. */
  readonly gatewayTls: number;
  readonly internal: number;
  readonly registry: number;
}

export type OpenResult =
  | { readonly kind: "ok"; readonly directory: DataDirectory }
  /** `message` is one sentence for people. */
  | { readonly kind: "refused"; readonly message: string };

/** The folder that holds everything Kinetic keeps. */
export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get store(): string {
    return join(this.path, "store");
  }
  get pki(): string {
    return join(this.path, "pki");
  }
  /** Certificate of the authority: who trusts it can check the API server and the gateway. */
  get authority(): string {
    return join(this.pki, "ca.crt");
  }
  get images(): string {
    return join(this.path, "images");
  }
  /** Unpacked images: other users must be able to read them when sandboxes run as one. */
  get rootfs(): string {
    return join(this.path, "rootfs");
  }
  /** Copies of language runtimes for users who cannot reach the platform's own. */
  get runtimes(): string {
    return join(this.path, "runtimes");
  }
  /** Events; made with the first Broker. */
  get journal(): string {
    return join(this.path, "journal");
  }
  get pods(): string {
    return join(this.path, "pods");
  }
  get logs(): string {
    return join(this.path, "logs");
  }
  /** The platform's own, rotated by size. */
  get log(): string {
    return join(this.logs, "kinetic.log");
  }
  /** JSON of the running platform: what `--ready-file` gets. Absent while nothing runs. */
  get running(): string {
    return join(this.path, "running.json");
  }
  get kubeconfig(): string {
    return join(this.path, "kubeconfig");
  }

  /**
   * undefined before the first start.
   * @throws SyntaxError if the file is damaged.
   */
  async settings(): Promise<Settings | undefined> {
    const text = await readFile(join(this.path, "settings.json"), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Settings);
  }

  /** What the running platform has announced; undefined when none has. A power cut may leave half of it: nothing, too. */
  async announced<T extends { readonly pid: number }>(): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(this.running, "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  async saveSettings(settings: Settings): Promise<void> {
    await this.write("settings.json", JSON.stringify(settings, null, 2));
  }

  /** Replaces a file of the folder, durably; nothing is written when it says so already. */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    if ((await readFile(path, "utf8").catch(() => undefined)) !== text) await replaceFile(nodeDisk(), path, Buffer.from(text));
  }

  /** Replaces a file that means nothing after a power cut: whole, but not synced. */
  async writeVolatile(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.partial`, text, { mode: 0o600 });
    await rename(`${path}.partial`, path);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true });
  }
}

export function newInstanceId(): string {
  return randomUUID().slice(0, 8);
}

/**
 * `$XDG_STATE_HOME/kinetic`, else `~/.local/state/kinetic`; for root `/var/lib/kinetic`, because instances run as another user,
 * to whom root's home is usually closed.
 */
export function defaultDataDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  uid: number | undefined = process.getuid?.(),
): string {
  const state = environment["XDG_STATE_HOME"];
  if (uid === 0 && (state === undefined || state === "")) return "/var/lib/kinetic";
  return join(state !== undefined && state !== "" ? state : join(environment["HOME"] ?? "/", ".local/state"), "kinetic");
}

/** Makes or opens the folder: private to its user, of our format, on a local disk. */
export async function openDataDirectory(path: string): Promise<OpenResult> {
  const directory = new DataDirectory(path);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const problem =
      (await ownerProblem(path)) ??
      (await filesystemProblem(path)) ??
      (await formatProblem(directory)) ??
      (await settingsProblem(directory));
    if (problem !== undefined) return { kind: "refused", message: problem };
    // Sandboxes of root run as another user, who must be able to pass through to the unpacked images, not to look around.
    await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700);
    for (const secret of [directory.store, directory.pki, directory.images, directory.logs])
      await mkdir(secret, { recursive: true, mode: 0o700 });
    return { kind: "ok", directory };
  } catch (error) {
    return { kind: "refused", message: describe(path, error as NodeJS.ErrnoException) };
  }
}

async function ownerProblem(path: string): Promise<string | undefined> {
  const { uid } = await stat(path);
  const me = process.getuid?.() ?? uid;
  if (uid !== me) return `the data directory ${path} belongs to another user (uid ${uid}); choose another with --data-dir`;
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  return undefined;
}

async function filesystemProblem(path: string): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  const [{ type }, real] = await Promise.all([statfs(path), realpath(path)]);
  const name = networkFilesystem(type, real, () => readFileSync("/proc/self/mountinfo", "utf8"));
  return name === undefined ? undefined : `the data directory ${path} is on ${name}; choose a local disk with --data-dir`;
}

async function formatProblem(directory: DataDirectory): Promise<string | undefined> {
  const text = await readFile(join(directory.path, "FORMAT"), "utf8").catch(() => undefined);
  if (text === undefined) {
    await directory.write("FORMAT", `${FORMAT}\n`);
    return undefined;
  }
  const format = Number(text.trim());
  if (!Number.isInteger(format) || format < 1)
    return `the data directory ${directory.path} is damaged: its FORMAT file says "${text.trim()}"`;
  if (format > FORMAT) {
    const formats = `(format ${format}, this one knows ${FORMAT})`;
    return `the data directory ${directory.path} was written by a newer Kinetic ${formats}; upgrade, or choose another with --data-dir`;
  }
  return undefined;
}

async function settingsProblem(directory: DataDirectory): Promise<string | undefined> {
  try {
    await directory.settings();
    return undefined;
  } catch {
    return `the data directory ${directory.path} is damaged: its settings.json is not JSON; remove that file to choose ports again`;
  }
}

function describe(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return `the data directory ${path} cannot be used by this user: permission denied; choose another with --data-dir`;
    case "ENOSPC":
      return `the disk of the data directory ${path} is full`;
    case "EROFS":
      return `the data directory ${path} is on a read-only file system; choose another with --data-dir`;
    case "ENOTDIR":
    case "EEXIST":
      return `${path} is not a folder; choose another with --data-dir`;
    default:
      return `the data directory ${path} cannot be used: ${error.message}`;
  }
}
