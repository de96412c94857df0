import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../../../api/names/kinetic.ts";
import { delay } from "../../../../std/abort.ts";
import type { Clock } from "../../../../std/clock.ts";
import { giveVolume } from "../../pod/volume-writer.ts";
import { DEFAULT_LOG_LIMITS, type LogLimits } from "../../logs/log-writer.ts";
import type { Acceptance, ContainerSpec, Driver, Mount, SandboxImage, StartResult } from "../contract.ts";
import { identityEnv, type Identity } from "./identity.ts";
import { makeKubeconfig } from "./kubeconfig.ts";
import { sweepOrphans } from "./orphans.ts";
import { ProcessContainer } from "./process-container.ts";
import { resolveProgram, type Runtimes } from "./program.ts";
import type { Launch } from "./protocol.ts";
import { acceptsSecurity, runAs, type PlatformUser, type RunAs } from "./security.ts";
import { Spawner } from "./spawner.ts";
import { acceptsMount, isAlias, isOpenToAll, makeTreeView, reachableProgram, volumeVariable } from "./tree-view.ts";

export interface ProcessDriverOptions {
  readonly identity: Pick<Identity, "directory" | "instance">;
  readonly clock: Clock;
  /** The host's language runtimes, e.g. `{ node26: process.execPath }`. */
  readonly runtimes: Runtimes;
  /** Where copies of runtimes go that containers' users cannot reach. */
  readonly runtimeFolder: string;
  readonly user: PlatformUser;
  readonly logLimits?: LogLimits;
}

/** Names the file for last words, since a process may not see it at `terminationMessagePath`. */
const MESSAGE_VARIABLE = "KINETIC_TERMINATION_MESSAGE_PATH";
const REACHABLE_LIMIT = 1000;

/** Runs containers as ordinary process groups of an unprivileged user: no namespaces, no mounts, honest about both. */
export class ProcessDriver implements Driver {
  readonly name = "process";
  readonly #options: ProcessDriverOptions;
  readonly #spawner: Spawner;
  readonly #runtimes: Promise<Runtimes>;
  /** Shared trees that were looked at before. */
  readonly #reachable = new Set<string>();

  constructor(options: ProcessDriverOptions) {
    this.#options = options;
    this.#spawner = new Spawner({ identity: options.identity, now: () => options.clock.now(), clock: options.clock });
    this.#spawner.warmUp();
    this.#runtimes = reachableRuntimes(options);
    this.#runtimes.catch(() => {}); // who starts a container sees it
  }

  async accepts(spec: ContainerSpec): Promise<Acceptance> {
    const refusal = this.#refusal(spec);
    if (refusal !== undefined) return refusal;
    const program = resolveProgram(spec, spec.image.rootfs, await this.#runtimes);
    return program.kind === "no" ? program : { kind: "yes" };
  }

  async start(spec: ContainerSpec, signal: AbortSignal): Promise<StartResult> {
    const refusal = this.#refusal(spec);
    if (refusal !== undefined) return { ...refusal, kind: "failed" };
    const runtimes = await this.#runtimes;
    const tree = await treeOf(spec, seenMounts(spec));
    const program = resolveProgram(spec, tree, runtimes);
    if (program.kind === "no") return { ...program, kind: "failed" };
    const unreachable = await this.#unreachable(tree);
    if (unreachable !== undefined) return unreachable;
    signal.throwIfAborted();
    const user = runAs(spec.security, spec.image.user, this.#options.user);
    const { uid, gid } = user;
    if (uid !== undefined) for (const { hostPath } of spec.mounts) giveVolume(hostPath, uid, gid ?? uid);
    const launch: Launch = { argv: program.argv, cwd: program.cwd, env: this.#environment(spec, user), ...user, ...inputOf(spec) };
    makeMessageFile(spec.terminationMessage.hostPath, user);
    const log = { path: spec.logPath, ...(this.#options.logLimits ?? DEFAULT_LOG_LIMITS) };
    const spawned = await this.#spawner.spawn(spec.containerId, launch, log);
    if (spawned.kind === "failed") return { kind: "failed", reason: "RunContainerError", message: spawned.message };
    return { kind: "started", container: this.#container(spec, { spawned, tree, launch, runtimes }), notes: notesOn(spec) };
  }

  sweepOrphans(): Promise<number> {
    const { identity, clock } = this.#options;
    return sweepOrphans(identity, (delayMs) => delay(clock, delayMs, new AbortController().signal));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#spawner[Symbol.asyncDispose]();
  }

  #container(spec: ContainerSpec, started: Started): ProcessContainer {
    const { tree, launch, runtimes, spawned } = started;
    return new ProcessContainer({
      id: spec.containerId,
      spawned,
      spawner: this.#spawner,
      clock: this.#options.clock,
      ...(spec.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: spec.memoryLimitBytes }),
      resolveExec: async (command) => {
        const { args: _args, ...rest } = spec;
        const program = resolveProgram({ ...rest, command }, tree, runtimes);
        return program.kind === "no" ? { failure: program.message } : { ...launch, argv: program.argv, cwd: program.cwd };
      },
    });
  }

  /** What of the description a process cannot honour. */
  #refusal({ security, mounts, image, workingDir }: ContainerSpec): Refusal | undefined {
    const folders = programFolders(image, workingDir);
    const acceptances = [acceptsSecurity(security, this.#options.user), ...mounts.map((mount) => acceptsMount(mount, folders))];
    return acceptances.find((acceptance) => acceptance.kind === "no");
  }

  #environment(spec: ContainerSpec, user: RunAs): Record<string, string> {
    const scratch = join(spec.folder, "scratch", spec.container);
    mkdirSync(dirname(scratch), { recursive: true, mode: 0o755 }); // its user has to get there
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    if (user.uid !== undefined) chownSync(scratch, user.uid, user.gid ?? user.uid);
    const temporary = spec.mounts.find((mount) => isAlias(mount) && mount.mountPath.startsWith("/tmp"))?.hostPath ?? scratch;
    const { podUid: pod, container } = spec;
    const identity = identityEnv({ ...this.#options.identity, pod, container });
    const kubeconfig = makeKubeconfig(spec);
    return {
      HOME: scratch,
      TMPDIR: temporary,
      ...Object.fromEntries(spec.mounts.map(({ volume, hostPath }) => [volumeVariable(volume), hostPath])),
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
      ...Object.fromEntries(spec.env.map(({ name, value }) => [name, value])),
      [MESSAGE_VARIABLE]: spec.terminationMessage.hostPath,
      [identity.name]: identity.value,
    };
  }

  #remember(tree: string): void {
    if (this.#reachable.size >= REACHABLE_LIMIT) this.#reachable.clear();
    this.#reachable.add(tree);
  }

  /** Another user must be able to reach the files; say which folder is closed rather than `EACCES`. */
  async #unreachable(tree: string): Promise<Extract<StartResult, { kind: "failed" }> | undefined> {
    if (this.#options.user.uid !== 0 || this.#reachable.has(tree)) return undefined;
    if (await isOpenToAll(join(tree, "x"))) {
      this.#remember(tree);
      return undefined;
    }
    const message = `an unprivileged user cannot reach ${tree}: a folder on the way is closed to others (chmod o+x)`;
    return { kind: "failed", reason: "RunContainerError", message };
  }
}

type Refusal = Extract<Acceptance, { kind: "no" }>;

interface Started {
  readonly spawned: ConstructorParameters<typeof ProcessContainer>[0]["spawned"];
  readonly tree: string;
  readonly launch: Launch;
  readonly runtimes: Runtimes;
}

async function reachableRuntimes({ runtimes, runtimeFolder, user }: ProcessDriverOptions): Promise<Runtimes> {
  if (user.uid !== 0) return runtimes;
  const entries = Object.entries(runtimes).map(async ([name, path]) => [name, await reachableProgram(path, join(runtimeFolder, name))]);
  return Object.fromEntries(await Promise.all(entries)) as Runtimes;
}

/** The shared tree, or a view of it when volumes have to be seen in it. */
async function treeOf(spec: ContainerSpec, mounts: readonly Mount[]): Promise<string> {
  if (mounts.length === 0) return spec.image.rootfs;
  const views = join(spec.folder, "trees");
  await mkdir(views, { recursive: true, mode: 0o755 });
  return makeTreeView(spec.image.rootfs, join(views, spec.container), mounts);
}

function inputOf({ stdin }: ContainerSpec): Pick<Launch, "input"> {
  return stdin === undefined ? {} : { input: stdin };
}

/** A path of its own is a wish that people should hear about when it is not granted; the default says nothing. */
function notesOn(spec: ContainerSpec): readonly string[] {
  const terminal = spec.tty === true ? ["tty: a process without a container has no terminal of its own"] : [];
  return [...terminal, ...noteOnMessage(spec)];
}

function noteOnMessage(spec: ContainerSpec): readonly string[] {
  const { path, hostPath } = spec.terminationMessage;
  if (path === "/dev/termination-log" || seenMounts(spec).some((mount) => mount.hostPath === hostPath)) return [];
  const instead = `write to the file that $${MESSAGE_VARIABLE} names, or mind that the end of the log is used`;
  return [`terminationMessagePath ${path} cannot be seen by a process without a container; ${instead}`];
}

/** Mounts that need a place in the tree: volumes, and the file for last words where the program can find it. */
function seenMounts(spec: ContainerSpec): readonly Mount[] {
  const { path, hostPath } = spec.terminationMessage;
  const words: Mount = { volume: "termination-message", mountPath: path, hostPath, readOnly: false };
  const isSeen = acceptsMount(words, programFolders(spec.image, spec.workingDir)).kind === "yes" && !isAlias(words);
  return [...spec.mounts.filter((mount) => !isAlias(mount)), ...(isSeen ? [words] : [])];
}

/** The program may write the file, but not replace it: the platform reads it with rights of its own. */
function makeMessageFile(path: string, { uid, gid }: RunAs): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, "", { mode: 0o644 });
  if (uid !== undefined) chownSync(path, uid, gid ?? uid);
}

/** Folders in which a program looks for its own files: below them a mount can be seen. */
function programFolders(image: SandboxImage, workingDir: string): readonly string[] {
  const folders = [posix.normalize(`/${workingDir || image.workingDir}`)];
  const label = image.labels[IMAGE_ARGV_LABEL];
  if (label !== undefined && image.labels[IMAGE_RUNTIME_LABEL] !== undefined) {
    const script = (JSON.parse(label) as string[]).find((arg, index) => index > 0 && !arg.startsWith("-"));
    if (script !== undefined) folders.push(dirname(posix.normalize(`/${script}`)));
  }
  return [...new Set(folders)];
}
