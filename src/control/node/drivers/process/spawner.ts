import { fork, type ChildProcess } from "node:child_process";
import type { ProgramEnd, ProgramStreams, TerminalSize } from "../../../../api/ports/pod-streams.ts";
import { systemClock, type Clock } from "../../../../std/clock.ts";
import { moduleUrl } from "../../../../std/module-url.ts";
import { exitCodeOf } from "./exit-code.ts";
import { identityEnv, type Identity } from "./identity.ts";
import type { Launch, SpawnerReport, SpawnerRequest } from "./protocol.ts";
import { StreamDoor } from "./stream-door.ts";
import { Streamed } from "./streamed.ts";
import { feed } from "./stream-pumps.ts";
import { inTerminal, terminalProblem } from "./terminal.ts";
import type { LogLimits } from "../../logs/log-writer.ts";

export interface SpawnedExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: number;
}

export type Spawned =
  | { readonly kind: "started"; readonly pid: number; readonly at: number; readonly exited: Promise<SpawnedExit> }
  | { readonly kind: "failed"; readonly message: string };

export interface Executed {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

interface Waiting {
  pid?: number;
  readonly started: PromiseWithResolvers<Spawned>;
  readonly exited: PromiseWithResolvers<SpawnedExit>;
}

export interface SpawnerOptions {
  readonly identity: Pick<Identity, "directory" | "instance">;
  readonly now: () => number;
  /** For waits of streams. */
  readonly clock?: Clock;
}

/**
 * Our end of the spawner process. It is started with the first request and again when it was lost.
 *
 * - I1 when the spawner dies, its containers are ended and reported as killed: nothing waits for ever.
 */
export class Spawner implements AsyncDisposable {
  readonly #options: SpawnerOptions;
  readonly #containers = new Map<string, Waiting>();
  readonly #executions = new Map<string, PromiseWithResolvers<Executed>>();
  readonly #streams = new Map<string, PromiseWithResolvers<Executed | { readonly failure: string }>>();
  readonly #door = new StreamDoor();
  #child: ChildProcess | undefined;

  constructor(options: SpawnerOptions) {
    this.#options = options;
  }

  /** Starts the process ahead of the first request. */
  warmUp(): void {
    this.#child ??= this.#fork();
  }

  spawn(id: string, launch: Launch, log: { readonly path: string } & LogLimits): Promise<Spawned> {
    const waiting: Waiting = { started: Promise.withResolvers(), exited: Promise.withResolvers() };
    this.#containers.set(id, waiting);
    this.#send({ type: "spawn", id, log, ...launch });
    return waiting.started.promise;
  }

  /** When the signal aborts, the program is killed and the result says so. */
  async exec(id: string, launch: Launch, signal: AbortSignal): Promise<Executed> {
    signal.throwIfAborted();
    const waiting = Promise.withResolvers<Executed>();
    this.#executions.set(id, waiting);
    const kill = () => this.#send({ type: "kill", id });
    signal.addEventListener("abort", kill, { once: true });
    this.#send({ type: "exec", id, ...launch });
    return waiting.promise.finally(() => signal.removeEventListener("abort", kill));
  }

  /** Runs a program with its streams connected. When the signal aborts, it is killed. */
  async stream(id: string, launch: Launch, streams: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd> {
    const isTerminal = streams.terminal !== undefined;
    const problem = isTerminal ? terminalProblem() : undefined;
    if (problem !== undefined) return { kind: "failed", message: problem };
    const address = await this.#door.address();
    signal.throwIfAborted();
    const streamed = new Streamed(this.#door, streams, this.#options.clock ?? systemClock);
    const waiting = Promise.withResolvers<Executed | { readonly failure: string }>();
    this.#streams.set(id, waiting);
    const kill = () => this.#send({ type: "kill", id });
    signal.addEventListener("abort", kill, { once: true });
    this.#send({ type: "stream", id, address, isTerminal, ...streamed.tokens, ...(isTerminal ? inTerminal(launch) : launch) });
    if (streams.terminal !== undefined) void this.#followSize(id, streams.terminal);
    const executed = await waiting.promise.finally(() => signal.removeEventListener("abort", kill));
    if ("failure" in executed) return streamed.end({ kind: "failed", message: executed.failure });
    return streamed.end({ kind: "exited", exitCode: executed.code ?? exitCodeOf(executed.signal) });
  }

  /** Input for a container that was started with `stdin`. */
  async attachInput(id: string, input: AsyncIterable<Uint8Array>): Promise<void> {
    const { token, socket } = this.#door.expect();
    this.#send({ type: "input", id, address: await this.#door.address(), token });
    await socket.then((opened) => feed(opened, input)).catch(() => {}); // it has ended, or is closed
  }

  redirect(id: string, path: string): void {
    this.#send({ type: "redirect", id, path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    await this.#door[Symbol.asyncDispose]();
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    if (child.connected) child.disconnect();
    await gone;
  }

  async #followSize(id: string, sizes: AsyncIterable<TerminalSize>): Promise<void> {
    try {
      for await (const size of sizes) {
        if (!this.#streams.has(id)) return;
        this.#send({ type: "resize", id, size });
      }
    } catch {
      // the client is gone
    }
  }

  #fork(): ChildProcess {
    const identity = identityEnv({ ...this.#options.identity, pod: "", container: "" });
    const child = fork(moduleUrl(import.meta.url, "./spawner-process"), {
      env: { [identity.name]: identity.value },
      execArgv: ["--max-semi-space-size=1", "--max-old-space-size=96", "--no-warnings"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      detached: true, // a Ctrl-C at the terminal is for the platform alone
    });
    child.on("message", (report: SpawnerReport) => this.#take(report));
    child.on("error", () => {}); // a broken channel ends in "exit"
    child.once("exit", () => this.#lost(child));
    return child;
  }

  #send(request: SpawnerRequest): void {
    this.warmUp();
    this.#child?.send(request, () => {});
  }

  #take(report: SpawnerReport): void {
    const stream = this.#streams.get(report.id);
    if (stream !== undefined) {
      this.#streams.delete(report.id);
      if (report.type === "failed") stream.resolve({ failure: report.message });
      else if (report.type === "executed") stream.resolve(report);
      return;
    }
    if (report.type === "executed") {
      this.#executions.get(report.id)?.resolve(report);
      this.#executions.delete(report.id);
      return;
    }
    const waiting = this.#containers.get(report.id);
    if (waiting === undefined) return;
    if (report.type === "started") {
      waiting.pid = report.pid;
      waiting.started.resolve({ kind: "started", pid: report.pid, at: report.at, exited: waiting.exited.promise });
      return;
    }
    this.#containers.delete(report.id);
    if (report.type === "failed") waiting.started.resolve({ kind: "failed", message: report.message });
    else waiting.exited.resolve(report);
  }

  /** I1 */
  #lost(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
    const end: SpawnedExit = { code: null, signal: "SIGKILL", at: this.#options.now() };
    for (const { pid, started, exited } of this.#containers.values()) {
      if (pid !== undefined) killGroup(pid, "SIGKILL");
      started.resolve({ kind: "failed", message: "the spawner process was lost" });
      exited.resolve(end);
    }
    for (const execution of this.#executions.values()) execution.resolve({ ...end, output: "the spawner process was lost" });
    for (const stream of this.#streams.values()) stream.resolve({ failure: "the spawner process was lost" });
    this.#streams.clear();
    this.#containers.clear();
    this.#executions.clear();
  }
}

/** Signals a whole process group; harmless when it is gone. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  kill(-pid, signal);
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it is gone already
  }
}
