import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { abortable, delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { LocalProgram } from "../build/contract.ts";

export interface StartOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  readonly clock: Clock;
  /** Beside the program's own; PORT and LISTEN_ADDRESS are added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readinessPath: string;
  readonly timeoutMs: number;
  /** Each piece of what it prints. */
  readonly output: (text: string) => void;
}

/** A function that runs on this machine and is ready. */
export interface LocalFunction {
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL after `graceMs`; to everything that it started. */
  stop(graceMs: number): Promise<void>;
}

export type StartResult =
  | { readonly kind: "ready"; readonly running: LocalFunction }
  | { readonly kind: "failed"; readonly message: string };

const POLL_MS = 15;
/** Of what it printed, for the message when it does not come up. */
const TAIL_CHARACTERS = 4_000;

/** Starts the program on a port of its own and waits until it says that it is ready. Rejects with the signal's reason. */
export async function startLocal(program: LocalProgram, options: StartOptions, signal: AbortSignal): Promise<StartResult> {
  const host = options.host ?? "127.0.0.1";
  const port = options.port || (await freePort());
  signal.throwIfAborted();
  const [command = "", ...args] = program.argv;
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const env = { ...options.env, ...program.env, PORT: String(port), FUNC_PORT: String(port), LISTEN_ADDRESS: address };
  // A group of its own: Ctrl-C in the terminal is our business first.
  const child = spawn(command, args, { cwd: program.cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
      options.output(text);
    });
  }
  const ended = endOf(child, command);
  if (child.pid !== undefined) guardAgainstOurEnd(child.pid, ended);
  const running: LocalFunction = {
    port,
    pid: child.pid ?? 0,
    ended,
    stop: (graceMs) => stop(child, ended, { clock: options.clock, graceMs }),
  };
  try {
    const problem = await abortable(readiness(running, options, signal), signal);
    if (problem === undefined) return { kind: "ready", running };
    await running.stop(0);
    return { kind: "failed", message: [problem, tail.trim()].filter((text) => text !== "").join("\n") };
  } catch (error) {
    await running.stop(0);
    throw error;
  }
}

/** A TCP port of loopback that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

/** Even when this process is killed, its pipe closes, and a shell that waits for that ends the function's group. */
function guardAgainstOurEnd(pid: number, ended: Promise<string>): void {
  const script = 'read _ || kill -9 "-$1"';
  const guard = spawn("sh", ["-c", script, "guard", String(pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  void ended.then(() => guard.stdin.end("\n"));
}

function endOf(child: ChildProcess, command: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(`${command} could not be started: ${error.message}`));
  child.once("exit", (code, signal) => resolve(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`));
  return promise;
}

/** Why it does not become ready; undefined once it is. */
async function readiness(
  running: LocalFunction,
  { clock, readinessPath, timeoutMs }: StartOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let end: string | undefined;
  void running.ended.then((text) => (end = text));
  let last = "nothing listens";
  while (clock.monotonicMs() < deadlineMs) {
    if (end !== undefined) return end;
    const answer = await ask(running.port, readinessPath);
    if (answer === 200) return undefined;
    last = typeof answer === "number" ? `${readinessPath} answers ${answer}` : answer;
    await delay(clock, POLL_MS, signal);
  }
  return `it is not ready after ${timeoutMs / 1000} s: ${last}`;
}

function ask(port: number, path: string): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const call = request({ host: "127.0.0.1", port, path, timeout: 1000 }, (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  call.on("timeout", () => call.destroy(new Error(`${path} does not answer`)));
  call.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED" ? "nothing listens" : error.message));
  call.end();
  return promise;
}

async function stop(child: ChildProcess, ended: Promise<string>, { clock, graceMs }: { clock: Clock; graceMs: number }): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, "SIGTERM");
  const timer = clock.setTimer(graceMs, () => signalGroup(child.pid ?? 0, "SIGKILL"));
  await ended;
  timer[Symbol.dispose]();
  signalGroup(child.pid, "SIGKILL"); // what it started and left behind
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}
