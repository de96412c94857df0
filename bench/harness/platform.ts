import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Running } from "../../src/app/platform.ts";
import { connectionTransport } from "../../src/cli/shared/transport.ts";
import { createClient } from "../../src/client/client.ts";
import { loadKubeconfig } from "../../src/client/kubeconfig/load.ts";
import type { Connection } from "../../src/client/kubeconfig/types.ts";
import type { Client } from "../../src/client/types.ts";
import { systemClock } from "../../src/std/clock.ts";
import { delay } from "../../src/std/abort.ts";
import { platformCpuSeconds } from "./processes.ts";
import type { Program } from "./program.ts";

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;
const POLL_MS = 2;
const ANY_PORTS = ["--api-port", "0", "--gateway-port", "0", "--internal-port", "0", "--registry-port", "0"];

/** A started platform. Disposing it stops it as a user would, by SIGTERM, and removes the directory it made. */
export interface RunningPlatform extends AsyncDisposable {
  readonly running: Running;
  readonly dataDirectory: string;
  /** From spawn until the ready file was there. */
  readonly startMs: number;
  readonly connection: Connection;
  /** Over TLS, as everybody else's. */
  readonly client: Client;
  readonly never: AbortSignal;
  cpuSeconds(): number;
}

export interface StartOptions {
  readonly program: Program;
  /** Default: a new one that is removed at the end. */
  readonly dataDirectory?: string;
}

export async function startPlatform({ program, dataDirectory }: StartOptions): Promise<RunningPlatform> {
  await using stack = new AsyncDisposableStack();
  const directory = dataDirectory ?? stack.use(await temporaryDirectory()).path;
  const readyFile = join(directory, "bench-ready.json");
  await rm(readyFile, { force: true });
  const startedMs = systemClock.monotonicMs();
  const args = [
    ...(program.nodeArgs ?? []),
    join(program.root, "bin/kinetic.js"),
    "up",
    "--data-dir",
    directory,
    "--ready-file",
    readyFile,
    ...ANY_PORTS,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  stack.defer(() => stop(child));
  const output = collectOutput(child);
  await untilReady(child, readyFile, output);
  const startMs = systemClock.monotonicMs() - startedMs;
  const running = JSON.parse(readFileSync(readyFile, "utf8")) as Running;
  const connection = connectionOf(running.kubeconfig);
  const { transport } = stack.use(connectionTransport(connection));
  const client = createClient({ transport, userAgent: "kinetic-bench" });
  const all = stack.move();
  return {
    running,
    dataDirectory: directory,
    startMs,
    connection,
    client,
    never: new AbortController().signal,
    cpuSeconds: () => platformCpuSeconds(running.pid),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

export async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-bench-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text = (text + chunk.toString()).slice(-4000)));
  return () => text;
}

async function untilReady(child: ChildProcess, readyFile: string, output: () => string): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + START_PATIENCE_MS;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`kinetic up ended with ${child.exitCode}: ${output()}`);
    if (systemClock.monotonicMs() > deadlineMs) throw new Error(`kinetic up is not ready after ${START_PATIENCE_MS} ms: ${output()}`);
    await pause(POLL_MS);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  using _killer = systemClock.setTimer(STOP_PATIENCE_MS, () => child.kill("SIGKILL"));
  await exited;
}

function connectionOf(kubeconfig: string): Connection {
  const loaded = loadKubeconfig({ paths: [kubeconfig] });
  if (loaded.kind !== "ok") throw new Error(`${kubeconfig} is not a kubeconfig`);
  return loaded.connection;
}

export function pause(ms: number): Promise<void> {
  return delay(systemClock, ms, new AbortController().signal);
}

/** Asks again and again until `ask` gives something. */
export async function until<T>(what: string, patienceMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = systemClock.monotonicMs() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (systemClock.monotonicMs() > deadlineMs) throw new Error(`${what}: not within ${patienceMs / 1000} s`);
    await pause(50);
  }
}
