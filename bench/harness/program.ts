import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** One form of Kinetic that can be started. */
export interface Program {
  /** `release build` or `source`. */
  readonly label: string;
  /** Folder that holds `bin/kinetic.js`. */
  readonly root: string;
}

const ROOT = resolve(import.meta.dirname, "../..");
const PARTS = ["bin", "src", "templates", "tools", "package.json", "tsconfig.json"];

export const sourceProgram: Program = { label: "source", root: ROOT };

/** Builds the published form in a folder of its own, so that nobody who works in this one starts running it. */
export function buildRelease(): Program & Disposable {
  const root = mkdtempSync(join(tmpdir(), "kinetic-bench-release-"));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    execFileSync(process.execPath, [join(root, "tools/build.ts")], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    remove();
    throw error;
  }
  return { label: "release build", root, [Symbol.dispose]: remove };
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
