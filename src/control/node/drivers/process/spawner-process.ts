/**
 * The spawner: a small process that starts containers, so that the big one never forks itself.
 *
 * - I1 each container leads a session and process group of its own; when the leader ends, the group does.
 * - I2 when the platform goes away (its channel closes), everything is ended at once, and then this process.
 * - I3 a container's exit is reported after its output is written, or after DRAIN_MS if something still holds its pipes.
 */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import type { TerminalSize } from "../../../../api/ports/pod-streams.ts";
import { systemClock } from "../../../../std/clock.ts";
import { LogWriter } from "../../logs/log-writer.ts";
import { LogPump } from "./log-pump.ts";
import { openStreams } from "./open-streams.ts";
import type { Launch, SpawnerReport, SpawnerRequest } from "./protocol.ts";
import { Terminal } from "./terminal.ts";

const DRAIN_MS = 200;
const EXEC_OUTPUT_BYTES = 10 * 1024;

interface Running {
  readonly child: ChildProcess;
  readonly writer?: LogWriter;
  readonly pidFile?: string | undefined;
  readonly terminal?: Terminal;
  /** Its input ends with the first who gave any. */
  readonly isInputOnce?: boolean;
}

const running = new Map<string, Running>();

function report(message: SpawnerReport): void {
  process.send?.(message, undefined, undefined, () => {}); // a platform that is gone is told by "disconnect" (I2)
}

function launch({ argv, env, cwd, uid, gid }: Launch, stdio: StdioOptions = ["ignore", "pipe", "pipe"]): ChildProcess {
  const [program = "", ...args] = argv;
  return spawn(program, args, {
    cwd,
    env: { ...env },
    detached: true, // I1
    stdio,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined) kill(-child.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // the group is empty already
  }
}

function start(request: Extract<SpawnerRequest, { type: "spawn" }>): void {
  const child = launch(request, [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe"]);
  child.stdin?.on("error", () => {}); // it does not read any longer
  const { id, log, pidFile } = request;
  if (child.pid === undefined) {
    child.once("error", (error) => report({ type: "failed", id, message: error.message }));
    return;
  }
  const writer = new LogWriter(log.path, log, systemClock);
  const pump = new LogPump(writer, systemClock);
  if (child.stdout !== null) pump.attach("stdout", child.stdout);
  if (child.stderr !== null) pump.attach("stderr", child.stderr);
  running.set(id, { child, writer, pidFile, isInputOnce: request.input?.once === true });
  report({ type: "started", id, pid: child.pid, at: systemClock.now() });
  child.once("exit", (code, signal) => void finish(id, { child, writer }, { code, signal, at: systemClock.now() }));
  child.on("error", () => {});
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

async function finish(id: string, { child, writer }: Running, end: End): Promise<void> {
  const closed = once(child, "close");
  killGroup(child); // I1
  await Promise.race([closed, new Promise<void>((resolve) => systemClock.setTimer(DRAIN_MS, resolve))]); // I3
  await writer?.close();
  running.delete(id);
  report({ type: "exited", id, ...end });
}

function execute(request: Extract<SpawnerRequest, { type: "exec" }>): void {
  const child = launch(request);
  const { id } = request;
  let output = "";
  const take = (chunk: Buffer) => {
    if (output.length < EXEC_OUTPUT_BYTES) output = (output + chunk.toString()).slice(0, EXEC_OUTPUT_BYTES);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  running.set(id, { child });
  const end = (code: number | null, signal: string | null) => {
    if (!running.delete(id)) return;
    killGroup(child);
    report({ type: "executed", id, code, signal, output });
  };
  child.once("error", (error) => {
    output = error.message;
    end(127, null);
  });
  child.once("exit", () => systemClock.setTimer(DRAIN_MS, () => end(child.exitCode, child.signalCode)).unref());
  child.once("close", end);
}

/** Programs that are asked for and not yet started, and what was said about them meanwhile. */
const starting = new Map<string, { isWanted: boolean; size?: TerminalSize }>();

async function stream(request: Extract<SpawnerRequest, { type: "stream" }>): Promise<void> {
  const { id, address, isTerminal } = request;
  const news: { isWanted: boolean; size?: TerminalSize } = { isWanted: true };
  starting.set(id, news);
  doors.add(dirname(address));
  using streams = await openStreams(address, request);
  starting.delete(id);
  if (!news.isWanted) return report({ type: "executed", id, code: null, signal: "SIGKILL", output: "" });
  const child = launch(request, streams.stdio);
  const { pid } = child;
  if (pid === undefined) return void child.once("error", (error) => report({ type: "failed", id, message: error.message }));
  const terminal = isTerminal ? new Terminal(pid, systemClock) : undefined;
  if (news.size !== undefined) terminal?.resize(news.size);
  running.set(id, { child, ...(terminal === undefined ? {} : { terminal }) });
  child.on("error", () => {});
  child.once("exit", (code, signal) => {
    running.delete(id);
    killGroup(child);
    report({ type: "executed", id, code, signal, output: "" });
  });
}

/** Carries what comes at the door to the program's input. Who cannot be served is let go. */
async function giveInput({ id, address, token }: Extract<SpawnerRequest, { type: "input" }>): Promise<void> {
  using streams = await openStreams(address, { stdin: token, stdout: undefined, stderr: undefined });
  const [socket] = streams.stdio;
  const entry = running.get(id);
  const input = entry?.child.stdin;
  if (!(socket instanceof Socket) || input === null || input === undefined) return;
  const closed = once(input, "close").catch(() => {});
  socket.pipe(input, { end: entry?.isInputOnce === true });
  await Promise.race([once(socket, "end").catch(() => {}), closed]);
}

function resize({ id, size }: Extract<SpawnerRequest, { type: "resize" }>): void {
  const news = starting.get(id);
  if (news !== undefined) news.size = size;
  running.get(id)?.terminal?.resize(size);
}

function stopStarting(id: string): void {
  const news = starting.get(id);
  if (news !== undefined) news.isWanted = false;
}

/** A terminal's program leads a session of its own. */
function killRunning({ child, terminal }: Running): void {
  const leader = terminal?.leader;
  killGroup(child);
  if (leader !== undefined) kill(-leader);
}

function handle(request: SpawnerRequest): void {
  switch (request.type) {
    case "spawn":
      return start(request);
    case "exec":
      return execute(request);
    case "stream":
      return void stream(request).catch((error: unknown) => {
        starting.delete(request.id);
        report({ type: "failed", id: request.id, message: String(error) });
      });
    case "input":
      return void giveInput(request).catch(() => {});
    case "resize":
      return resize(request);
    case "redirect":
      return running.get(request.id)?.writer?.redirect(request.path);
    case "kill": {
      const entry = running.get(request.id);
      if (entry !== undefined) return killRunning(entry);
      return stopStarting(request.id);
    }
  }
}

/** Its parent, our child, still runs: the number is surely its own. */
function killNamed(pidFile: string): void {
  try {
    const pid = Number(readFileSync(pidFile, "utf8"));
    if (pid > 0) process.kill(pid, "SIGKILL"); // 0 would be ourselves
  } catch {
    // it was not started yet, or is gone
  }
}

/** Folders of the platform's that it can no longer remove itself when it is killed. */
const doors = new Set<string>();

function endEverything(): void {
  for (const door of doors) rmSync(door, { recursive: true, force: true });
  for (const entry of running.values()) {
    if (entry.pidFile !== undefined) killNamed(entry.pidFile);
    killRunning(entry);
  }
  process.exit(0); // I2
}

if (process.send !== undefined) {
  process.on("message", (request: SpawnerRequest) => {
    try {
      handle(request);
    } catch (error) {
      report({ type: "failed", id: request.id, message: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on("disconnect", endEverything);
  process.on("error", endEverything);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // the platform says when
}
