import type { ProgramEnd, ProgramStreams } from "../../../../api/ports/pod-streams.ts";
import type { Clock, Timer } from "../../../../std/clock.ts";
import type { ContainerExit, ExecResult, RunningContainer } from "../contract.ts";
import { exitCodeOf } from "./exit-code.ts";
import { listeningPortsOf, listProcesses, membersOf, residentBytes } from "./process-table.ts";
import type { Launch } from "./protocol.ts";
import { kill, killGroup, type Spawned, type SpawnedExit, type Spawner } from "./spawner.ts";

export interface ProcessContainerOptions {
  readonly id: string;
  readonly spawned: Extract<Spawned, { kind: "started" }>;
  readonly spawner: Spawner;
  /** How programs beside it are resolved and started; undefined when there is no such program. */
  readonly resolveExec: (argv: readonly string[]) => Promise<Launch | { readonly failure: string }>;
  readonly memoryLimitBytes?: number;
  readonly clock: Clock;
}

/** How often memory is compared with its limit. */
const SAMPLE_MS = 500;

/**
 * One container as a process group.
 *
 * - I1 nothing is signalled after its exit was reported: the number may belong to somebody else by then.
 * - I2 what was stopped is continued before it is asked to end, else SIGTERM would wait for ever.
 */
export class ProcessContainer implements RunningContainer {
  readonly pid: number;
  readonly startedAt: number;
  readonly exited: Promise<ContainerExit>;
  readonly #options: ProcessContainerOptions;
  #ended = false;
  #outOfMemory = false;
  #frozen: readonly number[] = [];
  #sample: Timer | undefined;
  #executions = 0;
  readonly #companions = new Set<AbortController>();

  constructor(options: ProcessContainerOptions) {
    this.#options = options;
    this.pid = options.spawned.pid;
    this.startedAt = options.spawned.at;
    this.exited = options.spawned.exited.then((end) => this.#end(end));
    this.#watchMemory();
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#signal(signal);
    if (signal === "SIGTERM" && this.#frozen.length > 0) void this.thaw(); // I2
  }

  async freeze(): Promise<void> {
    this.#signal("SIGSTOP");
    this.#frozen = await this.#members();
    for (const pid of this.#frozen) if (!this.#ended) kill(pid, "SIGSTOP");
  }

  async thaw(): Promise<void> {
    const frozen = this.#frozen;
    this.#frozen = [];
    this.#signal("SIGCONT");
    for (const pid of frozen) if (!this.#ended && pid !== this.pid) kill(pid, "SIGCONT");
  }

  redirectLog(path: string): void {
    this.#options.spawner.redirect(this.#options.id, path);
  }

  async exec(argv: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    const launch = await this.#options.resolveExec(argv);
    if ("failure" in launch) return { exitCode: 126, output: launch.failure };
    const id = `${this.#options.id}/exec-${this.#executions++}`;
    const { code, signal: killed, output } = await this.#options.spawner.exec(id, launch, signal);
    return { exitCode: code ?? exitCodeOf(killed), output };
  }

  async execStream(argv: readonly string[], streams: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd> {
    const launch = await this.#options.resolveExec(argv);
    if ("failure" in launch) return { kind: "failed", message: launch.failure };
    if (this.#ended) return { kind: "failed", message: "the container has ended" };
    using execution = this.#untilEnd(signal);
    const id = `${this.#options.id}/exec-${this.#executions++}`;
    return await this.#options.spawner.stream(id, launch, streams, execution.signal);
  }

  async attachInput(input: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.#ended) await this.#options.spawner.attachInput(this.#options.id, input);
  }

  async memoryBytes(): Promise<number> {
    return this.#resident(false);
  }

  async listeningPorts(): Promise<readonly number[] | undefined> {
    return listeningPortsOf(await this.#members());
  }

  /** What was started beside it ends with it. */
  #untilEnd(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
    const controller = new AbortController();
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#companions.add(controller);
    const dispose = () => {
      signal.removeEventListener("abort", abort);
      this.#companions.delete(controller);
    };
    return { signal: controller.signal, [Symbol.dispose]: dispose };
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.#ended) killGroup(this.pid, signal); // I1
  }

  async #members(): Promise<readonly number[]> {
    if (this.#ended) return [];
    return membersOf(this.pid, await listProcesses());
  }

  async #resident(shared: boolean): Promise<number> {
    const sizes = await Promise.all((await this.#members()).map((pid) => residentBytes(pid, shared)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  #watchMemory(): void {
    const { memoryLimitBytes: limit, clock } = this.#options;
    if (limit === undefined || this.#ended) return;
    this.#sample = clock.setTimer(SAMPLE_MS, () => {
      void this.#enforce(limit).finally(() => this.#watchMemory());
    });
    this.#sample.unref();
  }

  /** The cheap figure counts shared pages fully, so only the exact one condemns. */
  async #enforce(limit: number): Promise<void> {
    if ((await this.#resident(true)) <= limit || (await this.#resident(false)) <= limit) return;
    this.#outOfMemory = true;
    this.#signal("SIGKILL");
  }

  #end({ code, signal, at }: SpawnedExit): ContainerExit {
    this.#ended = true;
    for (const companion of this.#companions) companion.abort(new Error("the container has ended"));
    this.#sample?.[Symbol.dispose]();
    const exitCode = code ?? exitCodeOf(signal);
    const reason = this.#outOfMemory ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
    return { exitCode, reason, finishedAt: at, ...(signal === null ? {} : { signal }) };
  }
}
