import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** One form of Kinetic that can be started. */
export interface Program {
  /** `release build` or `source`. */
  readonly label: string;
  /** Folder that holds `bin/kinetic.js`. */
  readonly root: string;
  /** For the Node that runs it. */
  readonly nodeArgs?: readonly string[];
}

const ROOT = resolve(import.meta.dirname, "../..");
const PARTS = ["bin", "src", "templates", "tools", "package.json", "tsconfig.json"];

export const sourceProgram: Program = { label: "source", root: ROOT };

export type Build =
  | { readonly kind: "ok"; readonly program: Program & Disposable }
  /** The tree does not compile at the moment; `message` is the compiler's first line. */
  | { readonly kind: "failed"; readonly message: string };

/** Builds the published form in a folder of its own, so that nobody who works in this one starts running it. */
export function buildRelease(): Build {
  const root = mkdtempSync(join(tmpdir(), "kinetic-bench-release-"));
  const remove = () => rmSync(root, { recursive: true, force: true });
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const built = spawnSync(process.execPath, [join(root, "tools/build.ts")], { cwd: root, encoding: "utf8" });
  if (built.status === 0) return { kind: "ok", program: { label: "release build", root, [Symbol.dispose]: remove } };
  remove();
  const text = `${built.stdout}${built.stderr}`;
  return { kind: "failed", message: /\S+: error TS.*?(?="|$)/m.exec(text)?.[0] ?? text.slice(-500) };
}

/** The same, writing a CPU profile of each of its threads into the folder when it stops. */
export function profiled(program: Program, folder: string): Program {
  return { ...program, nodeArgs: ["--cpu-prof", `--cpu-prof-dir=${folder}`] };
}

/** Whether a program of this name is in PATH. */
export function installed(name: string): boolean {
  try {
    execFileSync("which", [name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
