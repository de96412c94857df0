import { mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { IMAGE_RUNTIME_LABEL } from "../../../../api/names/kinetic.ts";
import type { Clock } from "../../../../std/clock.ts";
import type { Cgroups } from "../../cgroup/contract.ts";
import { DEFAULT_LOG_LIMITS, type LogLimits } from "../../logs/log-writer.ts";
import type { PodNetworks } from "../../network/pod-networks.ts";
import { sweepNetworks } from "../../network/sweep.ts";
import type { Acceptance, ContainerSpec, Driver, PodNetwork, StartResult } from "../contract.ts";
import type { Identity } from "../process/identity.ts";
import { inTerminal, terminalProblem } from "../process/terminal.ts";
import { Spawner, type Spawned } from "../process/spawner.ts";
import { bundleFolder, giveToGroup, makeMessageFile, makeOverlay, makePodFiles, mountSource, writeRuntimeSpec } from "./bundle.ts";
import { refusedCapabilities } from "./capabilities.ts";
import { DiskGuard } from "./disk-guard.ts";
import type { HostRuntime, SharedFile } from "./host-runtime.ts";
import { readInRoot } from "./in-root.ts";
import { OciContainer, removeTraces } from "./oci-container.ts";
import { PidFiles } from "./pid-files.ts";
import { argvOf, checkProgram, pathOf } from "./program.ts";
import { abandonedNames, claimName, releaseName } from "./owners.ts";
import { copyRoot } from "./root-copy.ts";
import { Runc } from "./runc.ts";
import { makeRuntimeSpec, type RootFiles } from "./runtime-spec.ts";
import { resolveUser, type ContainerUser } from "./user.ts";
import { removeFolder } from "../../remove-folder.ts";

export interface OciDriverOptions {
  readonly identity: Pick<Identity, "directory" | "instance">;
  /** Begins the names of everything that it makes outside of folders; the same at each start on one data directory. */
  readonly name: string;
  readonly clock: Clock;
  /** For runc's state and logs. */
  readonly folder: string;
  /** Path of runc. */
  readonly runc: string;
  readonly cgroups: Cgroups;
  /** Whether the machine has namespaces of control groups. */
  readonly cgroupNamespace: boolean;
  /** Whether folders can be laid over each other here; else images are copied. */
  readonly overlay: boolean;
  /** Without it containers have no network but their own loopback. */
  readonly networks?: PodNetworks;
  readonly runtimes: readonly HostRuntime[];
  readonly logLimits?: LogLimits;
  /** Bytes of the disk that containers leave free. */
  readonly diskReserveBytes?: number;
}

/** Processes and threads of one container: enough for any server, too few to stall the machine. */
const MAX_PIDS = 2048;

type Failed = Extract<StartResult, { kind: "failed" }>;

/** Runs containers with runc: namespaces, control groups, an overlay over the shared image. */
export class OciDriver implements Driver {
  readonly name = "oci";
  readonly #options: OciDriverOptions;
  readonly #spawner: Spawner;
  readonly #runc: Runc;
  readonly #pidFiles: PidFiles;
  readonly #guard: DiskGuard;
  readonly #cleanUps = new Set<Promise<void>>();
  #closed = false;

  constructor(options: OciDriverOptions) {
    this.#options = options;
    const [root, logs] = ["runc", "logs"].map((name) => join(options.folder, name)) as [string, string];
    for (const folder of [root, logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#runc = new Runc({ program: options.runc, root, logs });
    const reserve = options.diskReserveBytes === undefined ? {} : { reserveBytes: options.diskReserveBytes };
    this.#guard = new DiskGuard({ clock: options.clock, folder: options.folder, ...reserve });
    this.#pidFiles = new PidFiles(join(options.folder, "pids"));
    this.#spawner = new Spawner({ identity: options.identity, now: () => options.clock.now() });
  }

  /** Makes ready ahead of the first pod what it would otherwise wait for. */
  warmUp(): void {
    this.#spawner.warmUp();
    this.#options.networks?.warmUp();
  }

  async accepts(spec: ContainerSpec): Promise<Acceptance> {
    return refusal(spec) ?? { kind: "yes" };
  }

  network(pod: string, signal: AbortSignal): Promise<PodNetwork> {
    const { networks } = this.#options;
    if (networks === undefined) return Promise.reject(new Error("this driver has no network"));
    if (!this.#closed) this.#spawner.warmUp();
    return networks.take(pod, signal);
  }

  async start(spec: ContainerSpec, signal: AbortSignal): Promise<StartResult> {
    const refused = refusal(spec);
    if (refused !== undefined) return { ...refused, kind: "failed" };
    const noTerminal = spec.tty === true ? terminalProblem("leave out tty") : undefined;
    if (noTerminal !== undefined) return failed("RunContainerError", noTerminal);
    const id = idOf(spec);
    const prepared = await this.#prepare(spec, id);
    if (prepared.kind === "failed") return prepared;
    signal.throwIfAborted();
    const appears = this.#pidFiles.appears(id);
    const log = { path: spec.logPath, ...(this.#options.logLimits ?? DEFAULT_LOG_LIMITS) };
    const input = spec.stdin === undefined ? {} : { input: spec.stdin };
    const launch = { ...this.#runc.run(id, prepared.bundle, this.#pidFiles.path(id)), ...input };
    const spawned = await this.#spawner.spawn(spec.containerId, spec.tty === true ? inTerminal(launch) : launch, log);
    if (spawned.kind === "failed") return this.#failed(spec, id, spawned.message);
    const pid = await Promise.race([appears, spawned.exited.then(() => this.#pidFiles.read(id))]);
    if (pid === undefined) return this.#failed(spec, id, this.#runc.failure(id));
    return { kind: "started", container: this.#container(spec, id, { ...spawned, pid }) };
  }

  async sweepOrphans(): Promise<number> {
    const { cgroups, folder, networks } = this.#options;
    const left = await cgroups.children(this.#cgroupRoot);
    await cgroups.destroy(this.#cgroupRoot);
    for (const name of ["runc", "logs", "pids"]) {
      const names = await readdir(join(folder, name)).catch(() => []);
      await removeTraces(names.map((one) => join(folder, name, one)));
    }
    await networks?.sweep();
    await this.#sweepAbandoned();
    await claimName(this.#options.name);
    return left.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#guard[Symbol.dispose]();
    await this.#spawner[Symbol.asyncDispose]();
    while (this.#cleanUps.size > 0) await Promise.all(this.#cleanUps);
    this.#pidFiles[Symbol.dispose]();
    await this.#options.cgroups.destroy(this.#cgroupRoot);
    await this.#options.networks?.[Symbol.asyncDispose]();
    await releaseName(this.#options.name);
    await removeFolder(this.#options.folder);
  }

  /** Of platforms that were killed and did not start again. */
  async #sweepAbandoned(): Promise<void> {
    for (const name of await abandonedNames()) {
      if (name === this.#options.name) continue;
      await this.#options.cgroups.destroy(`/${name}`);
      await sweepNetworks(name);
      await releaseName(name);
    }
  }

  get #cgroupRoot(): string {
    return `/${this.#options.name}`;
  }

  async #prepare(spec: ContainerSpec, id: string): Promise<{ readonly kind: "ok"; readonly bundle: string } | Failed> {
    const { rootfs, user: imageUser } = spec.image;
    const files = { passwd: readInRoot(rootfs, "/etc/passwd"), group: readInRoot(rootfs, "/etc/group") };
    const user = resolveUser(imageUser, spec.security, files);
    if (user.kind === "no") return { kind: "failed", reason: user.reason, message: user.message };
    const program = this.#program(spec);
    if (program.kind === "failed") return program;
    const mounts = sourcesOf(spec);
    if (mounts.kind === "failed") return mounts;
    const bundle = bundleFolder(spec, id);
    mkdirSync(bundle, { recursive: true, mode: 0o700 });
    const root = this.#options.overlay ? makeOverlay(bundle, rootfs) : await copyRoot(rootfs, join(bundle, "rootfs"));
    makeMessageFile(spec.terminationMessage.hostPath);
    this.#write(bundle, { id, root, spec: { ...spec, mounts: mounts.mounts }, user: user.user, ...program });
    return { kind: "ok", bundle };
  }

  #write(bundle: string, { id, spec, ...more }: BundleContents): void {
    const { cgroupNamespace, cgroups } = this.#options;
    const runtimeSpec = makeRuntimeSpec({
      ...more,
      spec,
      cgroupNamespace,
      files: makePodFiles(spec),
      cgroupsPath: this.#cgroupOf(id),
      limitsSwap: cgroups.limitsSwap,
      maxPids: MAX_PIDS,
      machine: process.arch,
    });
    writeRuntimeSpec(bundle, runtimeSpec);
  }

  /** What runs. A program that the image lacks may be the host's language runtime, or be in a volume. */
  #program(spec: ContainerSpec): Program | Failed {
    const argv = argvOf(spec);
    const [program = ""] = argv;
    if (program === "") return failed("CreateContainerError", "no command specified");
    const cwd = posix.resolve("/", spec.workingDir || spec.image.workingDir);
    const check = checkProgram({ rootfs: spec.image.rootfs, program, path: pathOf(spec), cwd }, process.arch);
    if (check.kind === "ok") return { kind: "ok", argv, runtimeFiles: [] };
    if (check.kind === "no") return failed("RunContainerError", check.message);
    const wanted = spec.image.labels[IMAGE_RUNTIME_LABEL];
    const runtime = this.#options.runtimes.find(({ name }) => name === wanted);
    if (runtime !== undefined && posix.basename(program) === runtime.name.replace(/\d+$/, ""))
      return { kind: "ok", argv, runtimeFiles: runtime.files };
    return spec.mounts.length > 0 ? { kind: "ok", argv, runtimeFiles: [] } : failed("RunContainerError", check.message);
  }

  #container(spec: ContainerSpec, id: string, spawned: Extract<Spawned, { kind: "started" }>): OciContainer {
    return new OciContainer({
      id,
      spawnerId: spec.containerId,
      pid: spawned.pid,
      startedAt: spawned.at,
      ended: spawned.exited,
      spawner: this.#spawner,
      runc: this.#runc,
      pidFiles: this.#pidFiles,
      cgroups: this.#options.cgroups,
      cgroup: this.#cgroupOf(id),
      guard: (evict) => this.#guard.watch({ evict, folder: bundleFolder(spec, id), limitBytes: spec.diskLimitBytes }),
      cleanUp: () => this.#cleanUp(spec, id),
    });
  }

  #cgroupOf(id: string): string {
    return `${this.#cgroupRoot}/${id}`;
  }

  #failed(spec: ContainerSpec, id: string, message: string): Failed {
    this.#cleanUp(spec, id);
    return failed("RunContainerError", message);
  }

  /** Nobody waits for this but the end of the driver. */
  #cleanUp(spec: ContainerSpec, id: string): void {
    this.#pidFiles.remove(id);
    const traces = [bundleFolder(spec, id), this.#runc.stateFolder(id), this.#runc.logPath(id)];
    const work = this.#options.cgroups
      .destroy(this.#cgroupOf(id))
      .then(() => removeTraces(traces))
      .catch(() => {}) // the sweep at the next start gets it
      .finally(() => this.#cleanUps.delete(work));
    this.#cleanUps.add(work);
  }
}

interface Program {
  readonly kind: "ok";
  readonly argv: readonly string[];
  readonly runtimeFiles: readonly SharedFile[];
}

interface BundleContents extends Omit<Program, "kind"> {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly user: ContainerUser;
  readonly root: RootFiles;
}

/** What of the description a container cannot honour here. */
function refusal({ security }: ContainerSpec): Extract<Acceptance, { kind: "no" }> | undefined {
  const refuse = (what: string, why: string) => ({ kind: "no" as const, reason: "DriverUnsupported", message: `${what} ${why}` });
  const why = "would let the container out, and this node keeps containers in; leave it out";
  if (security.privileged === true) return refuse("securityContext.privileged", why);
  if (security.hostNamespaces === true) return refuse("hostNetwork, hostPID or hostIPC", why);
  const capabilities = refusedCapabilities(security);
  return capabilities.length === 0 ? undefined : refuse(`capability ${capabilities.join(", ")}`, why);
}

/** Volumes at the places where they really are. */
function sourcesOf(spec: ContainerSpec): { readonly kind: "ok"; readonly mounts: ContainerSpec["mounts"] } | Failed {
  const mounts = [];
  for (const mount of spec.mounts) {
    const hostPath = mountSource(mount, spec.folder);
    if (hostPath === undefined) {
      return failed("CreateContainerConfigError", `subPath of volume "${mount.volume}" leads out of the volume`);
    }
    if (spec.security.fsGroup !== undefined) giveToGroup(hostPath, spec.security.fsGroup);
    mounts.push({ ...mount, hostPath });
  }
  return { kind: "ok", mounts };
}

function failed(reason: string, message: string): Failed {
  return { kind: "failed", reason, message };
}

/** runc's name of a container: the API's without its scheme. */
function idOf({ containerId }: ContainerSpec): string {
  return containerId.replace(/^\w+:\/\//, "").replaceAll(/[^\w.-]/g, "_");
}
