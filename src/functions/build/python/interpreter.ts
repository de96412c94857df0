import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext } from "../contract.ts";
import { findProgram, runTool, type ToolResult } from "../toolchain/run-tool.ts";
import { scaffolding } from "../toolchain/scaffolding.ts";

/** The oldest that the program around a function runs with. */
const OLDEST_MINOR = 9;

export interface Interpreter {
  /** Absolute. */
  readonly path: string;
  /** `3.11` */
  readonly release: string;
}

export type FoundInterpreter =
  | { readonly kind: "ok"; readonly value: Interpreter }
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

/** @param wanted a release such as `3.11`, preferred where there are several */
export async function findInterpreter(context: BuildContext, wanted: string | undefined): Promise<FoundInterpreter> {
  const names = [...(wanted === undefined ? [] : [`python${wanted}`]), "python3", "python"];
  const path = findProgram(names, context.env);
  if (path === undefined) {
    const hint = "install Python 3.9 or newer (https://www.python.org/downloads), then build again";
    return { kind: "refused", message: "there is no python3 on the PATH", hint };
  }
  const real = await realInterpreter(context, path);
  if (real === undefined) return { kind: "refused", message: `${path} does not run`, hint: `try it: ${path} --version` };
  if (!isNewEnough(real.release)) {
    const hint = "put another python3 first on the PATH";
    return { kind: "refused", message: `functions need Python 3.${OLDEST_MINOR} or newer, and ${path} is ${real.release}`, hint };
  }
  return { kind: "ok", value: real };
}

function isNewEnough(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major === 3 && minor >= OLDEST_MINOR;
}

/** By path, time and size of the program: asking takes as long as a small build. */
const known = new Map<string, Interpreter>();
const ASK = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';

/** The program that runs: what is on the PATH may be a script that looks for it, each time. */
async function realInterpreter(context: BuildContext, path: string): Promise<Interpreter | undefined> {
  const { mtimeMs, size } = await stat(path);
  const key = `${path} ${mtimeMs} ${size} ${context.env["PYENV_VERSION"] ?? ""} ${context.root}`;
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const { stdout, code } = await run(context, [path, ...ISOLATED, "-S", "-c", ASK]);
  const [program, release] = stdout.split("\n");
  if (code !== 0 || program === undefined || !/^\d+\.\d+$/.test(release ?? "")) return undefined;
  const found = { path: program === "" ? path : program, release: release ?? "" };
  known.set(key, found);
  return found;
}

/** One of our own scripts, with what it prints as JSON. @throws if it fails: it is ours */
export async function runScript<T>(context: BuildContext, { path }: Interpreter, call: ScriptCall): Promise<T> {
  const script = join(scaffolding("python-build"), call.script);
  const { code, stdout, stderr } = await run(context, [path, ...ISOLATED, script, ...(call.args ?? [])], call.input);
  if (code !== 0) throw new Error(`${call.script} failed: ${stderr.trim()}`);
  return JSON.parse(stdout) as T;
}

/** No file of the function's folder or of the user's stands in for a module, and no caches are left beside our scripts. */
const ISOLATED = ["-I", "-B"];

export interface ScriptCall {
  readonly script: string;
  readonly args?: readonly string[];
  readonly input?: string;
}

function run(context: BuildContext, argv: readonly string[], input = ""): Promise<ToolResult> {
  return runTool(argv, { cwd: context.root, env: context.env, signal: context.signal, input });
}
