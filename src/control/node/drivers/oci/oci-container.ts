import { readFile } from "node:fs/promises";
import type { ProgramEnd, ProgramStreams } from "../../../../api/ports/pod-streams.ts";
import type { Cgroups } from "../../cgroup/contract.ts";
import type { ContainerExit, ExecResult, RunningContainer } from "../contract.ts";
import { parseListening } from "../process/process-table.ts";
import { kill, type SpawnedExit, type Spawner } from "../process/spawner.ts";
import type { PidFiles } from "./pid-files.ts";
import type { Runc } from "./runc.ts";
import { removeFolder } from "../../remove-folder.ts";

export interface OciContainerOptions {
  /** runc's name for it. */
  readonly id: string;
  /** The spawner's name for it. */
  readonly spawnerId: string;
  /** Its first process, as the host sees it. */
  readonly pid: number;
  readonly startedAt: number;
  /** The end of the runc process that stays with it. */
  readonly ended: Promise<SpawnedExit>;
  readonly spawner: Spawner;
  readonly runc: Runc;
  readonly pidFiles: PidFiles;
  readonly cgroups: Cgroups;
  readonly cgroup: string;
  /** Ends it when it writes too much, until disposed. */
  readonly guard: (evict: () => void) => Disposable;
  /** Removes what is left of it. */
  readonly cleanUp: () => void;
}

/** A program beside the container's own. */
interface Execution {
  /** The spawner's name for it. */
  readonly name: string;
  readonly pidFile: string;
  /** Name of its files. */
  readonly file: string;
}

/**
 * One container of runc.
 *
 * - I1 nothing is signalled after its exit was reported: the number may belong to somebody else by then.
 * - I2 what was frozen is thawed before it is asked to end, else a signal would wait for ever.
 * - I3 when its first process ends, the kernel ends the others of its process namespace.
 */
export class OciContainer implements RunningContainer {
  readonly pid: number;
  readonly startedAt: number;
  readonly exited: Promise<ContainerExit>;
  readonly #options: OciContainerOptions;
  #ended = false;
  #frozen = false;
  #executions = 0;
  #evicted = false;
  readonly #guarded: Disposable;

  constructor(options: OciContainerOptions) {
    this.#options = options;
    this.pid = options.pid;
    this.startedAt = options.startedAt;
    this.#guarded = options.guard(() => this.#evict());
    this.exited = options.ended.then((end) => this.#end(end));
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#ended) return; // I1
    kill(this.pid, signal);
    if (this.#frozen) void this.thaw(); // I2
  }

  async freeze(): Promise<void> {
    if (this.#ended) return;
    this.#frozen = true;
    await this.#options.cgroups.freeze(this.#options.cgroup);
  }

  async thaw(): Promise<void> {
    this.#frozen = false;
    await this.#options.cgroups.thaw(this.#options.cgroup).catch(() => {}); // it is gone
  }

  redirectLog(path: string): void {
    this.#options.spawner.redirect(this.#options.spawnerId, path);
  }

  async exec(argv: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    if (this.#ended) return { exitCode: 126, output: ENDED };
    const { id, runc, spawner } = this.#options;
    return this.#beside(signal, async ({ name, pidFile }) => {
      const { code, output } = await spawner.exec(name, runc.exec(id, argv, { pidFile }), signal);
      return { exitCode: code ?? KILLED, output };
    });
  }

  async execStream(argv: readonly string[], streams: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd> {
    if (this.#ended) return { kind: "failed", message: ENDED };
    const { id, runc, spawner, pidFiles } = this.#options;
    const tty = streams.terminal !== undefined;
    return this.#beside(signal, async ({ name, pidFile, file }) => {
      const end = await spawner.stream(name, runc.exec(id, argv, { pidFile, tty, log: file }), streams, signal);
      const hasRun = end.kind === "failed" || end.exitCode !== RUNC_FAILED || pidFiles.read(file) !== undefined;
      return hasRun ? end : { kind: "failed", message: runc.failure(file) };
    });
  }

  /** When the signal aborts, the program inside is killed too: it does not go with the runc that started it. */
  async #beside<T>(signal: AbortSignal, work: (execution: Execution) => Promise<T>): Promise<T> {
    const { id, spawnerId, pidFiles, runc } = this.#options;
    const number = this.#executions++;
    const file = `${id}-exec-${number}`;
    const killInside = () => {
      const pid = pidFiles.read(file);
      if (pid !== undefined) kill(pid, "SIGKILL");
    };
    signal.addEventListener("abort", killInside, { once: true });
    try {
      return await work({ name: `${spawnerId}/exec-${number}`, pidFile: pidFiles.path(file), file });
    } finally {
      signal.removeEventListener("abort", killInside);
      pidFiles.remove(file);
      void removeTraces([runc.logPath(file)]);
    }
  }

  async attachInput(input: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.#ended) await this.#options.spawner.attachInput(this.#options.spawnerId, input);
  }

  memoryBytes(): Promise<number> {
    return this.#options.cgroups.memoryBytes(this.#options.cgroup);
  }

  /** Of its network namespace: other containers of the pod share it. */
  async listeningPorts(): Promise<readonly number[] | undefined> {
    if (this.#ended) return [];
    const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/${this.pid}/net/${name}`, "latin1").catch(() => "")));
    const ports = tables.flatMap((table) => parseListening(table)).map(({ port }) => port);
    return [...new Set(ports)].toSorted((a, b) => a - b);
  }

  #evict(): void {
    this.#evicted = true;
    this.signal("SIGKILL");
  }

  async #end({ code, at }: SpawnedExit): Promise<ContainerExit> {
    this.#ended = true;
    this.#guarded[Symbol.dispose]();
    const { cgroups, cgroup, cleanUp } = this.#options;
    const exitCode = code ?? KILLED; // runc itself was killed
    const kills = exitCode === 0 ? 0 : await cgroups.outOfMemoryKills(cgroup);
    cleanUp();
    return { exitCode, reason: this.#reason(exitCode, kills), finishedAt: at };
  }

  #reason(exitCode: number, outOfMemoryKills: number): string {
    if (this.#evicted) return "Evicted";
    if (outOfMemoryKills > 0) return "OOMKilled";
    return exitCode === 0 ? "Completed" : "Error";
  }
}

/** Of runc itself. */
const RUNC_FAILED = 255;
const KILLED = 137;
const ENDED = "the container has ended";

/** Removes what a container leaves beside its control groups. */
export async function removeTraces(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map(removeFolder));
}
