/** A real platform in a process of its own, and the programs that people use with it. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestContext } from "node:test";
import type { RunningPlatform } from "../../src/cli/kinetic/running.ts";

export const ROOT = join(import.meta.dirname, "../..");
export const KINETIC = join(ROOT, "bin/kinetic.js");
const KN = join(ROOT, "bin/kn.js");
const START_PATIENCE_MS = 60_000;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; timeoutMs?: number } = {},
): Promise<Finished> {
  const { promise, resolve, reject } = Promise.withResolvers<Finished>();
  const child = spawn(program, [...args], { env: { ...process.env, ...options.env }, timeout: options.timeoutMs ?? 120_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.on("error", reject);
  child.on("close", (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 128), stdout, stderr }));
  child.stdin.on("error", () => {}); // a program may end before it has read everything
  child.stdin.end(options.input ?? "");
  return promise;
}

export class Kinetic {
  readonly process: ChildProcess;
  readonly running: RunningPlatform;
  readonly dataDir: string;
  readonly #output: string[];

  constructor(child: ChildProcess, running: RunningPlatform, dataDir: string, output: string[]) {
    this.process = child;
    this.running = running;
    this.dataDir = dataDir;
    this.#output = output;
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output.join("");
  }

  get env(): NodeJS.ProcessEnv {
    return { KUBECONFIG: this.running.kubeconfig };
  }

  async kubectl(args: readonly string[], input?: string): Promise<Finished> {
    return run("kubectl", args, { env: this.env, ...(input === undefined ? {} : { input }) });
  }

  /** stdout of a kubectl that must succeed. */
  async kubectlOk(args: readonly string[], input?: string): Promise<string> {
    const finished = await this.kubectl(args, input);
    assert.equal(finished.code, 0, `kubectl ${args.join(" ")}: ${finished.stderr}`);
    return finished.stdout;
  }

  kn(args: readonly string[]): Promise<Finished> {
    return run(process.execPath, [KN, ...args], { env: this.env });
  }

  kinetic(args: readonly string[]): Promise<Finished> {
    return run(process.execPath, [KINETIC, ...args], { env: this.env });
  }

  /** A request through the gateway's external listener. */
  get(host: string, path = "/", headers: Record<string, string> = {}): Promise<Answer> {
    return httpGet(`${this.running.gateway}${path}`, { host, ...headers });
  }

  /** Resolves with the exit code; 128 after an end by a signal. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    await ended(this.process, signal);
    return this.process.exitCode ?? 128;
  }
}

export interface StartOptions {
  readonly args?: readonly string[];
  /** An existing folder, to start again on it; else a temporary one that goes with the test. */
  readonly dataDir?: string;
  /** What runs the launcher; else this Node. The flags are appended. */
  readonly command?: readonly [program: string, ...args: string[]];
  readonly env?: NodeJS.ProcessEnv;
}

/** Flags for four free ports. */
export const ANY_PORTS = ["--api-port", "--gateway-port", "--internal-port", "--registry-port"].flatMap((flag) => [flag, "0"]);

/** Starts a platform, on free ports if its folder is new, and stops it when the test ends. */
export async function startKinetic(t: TestContext, options: StartOptions = {}): Promise<Kinetic> {
  const dataDir = options.dataDir ?? (await temporaryFolder(t));
  const readyFile = join(dataDir, `ready-${process.hrtime.bigint()}.json`);
  const chosen = options.dataDir === undefined ? ANY_PORTS : [];
  const flags = ["--data-dir", dataDir, "--ready-file", readyFile, ...chosen, ...(options.args ?? [])];
  const [program, ...args] = options.command ?? [process.execPath, KINETIC, "up"];
  const child = spawn(program, [...args, ...flags], {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  t.after(() => ended(child));
  await usable(child, readyFile, output);
  return new Kinetic(child, JSON.parse(await readFile(readyFile, "utf8")) as RunningPlatform, dataDir, output);
}

/** Waits for the ready file; a process that ends before has failed. */
async function usable(child: ChildProcess, readyFile: string, output: readonly string[]): Promise<void> {
  const deadline = performance.now() + START_PATIENCE_MS;
  while (!existsSync(readyFile)) {
    const isGone = child.exitCode !== null || child.signalCode !== null;
    if (isGone || performance.now() > deadline) throw new Error(`the platform is not usable:\n${output.join("")}`);
    await sleep(20);
  }
}

/** Asks a process to stop, unless it has, and waits until it is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exited;
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-e2e-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Tries until it does not throw; after the patience the last error is the test's. */
export async function eventually<T>(what: string, attempt: () => Promise<T>, patienceMs = 30_000): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`, { cause: error });
      await sleep(50);
    }
  }
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly ms: number;
}

export function httpGet(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const start = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, { headers, agent: false, timeout: 60_000 }, (answer) => {
    let body = "";
    answer.setEncoding("utf8").on("data", (text: string) => (body += text));
    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers, ms: performance.now() - start }));
    answer.on("error", reject);
  });
  sent.on("timeout", () => sent.destroy(new Error("no answer in 60 s")));
  sent.on("error", reject);
  sent.end();
  return promise;
}
