import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ToolOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Each piece of what it prints, from both streams. */
  readonly output?: (text: string) => void;
  readonly input?: string;
}

export interface ToolResult {
  /** -1: ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Enough for any list of errors that a person reads; what comes after is dropped. */
const KEPT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Runs a compiler or package manager to its end. Everything that it started ends with it, also when the signal aborts, and only then
 * does this reject with the signal's reason. @throws the system's error if it cannot be started
 */
export async function runTool(argv: readonly string[], options: ToolOptions): Promise<ToolResult> {
  options.signal.throwIfAborted();
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const stdout = keep(child.stdout, options.output);
  const stderr = keep(child.stderr, options.output);
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(options.input ?? "");
  const onAbort = () => endGroup(child.pid);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
    const code = await promise;
    options.signal.throwIfAborted();
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
}

function keep(stream: NodeJS.ReadableStream, output?: (text: string) => void): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (piece: string) => {
    if (text.length < KEPT_CHARACTERS) text += piece;
    output?.(piece);
  });
  return () => text;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The first program of one of these names on PATH. */
export function findProgram(names: readonly string[], env: Environment): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isProgram);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
