import { readdir, readlink, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ProgramFile } from "../contract.ts";
import { FUNCTION_FOLDER } from "../toolchain/source-files.ts";
import type { InstalledPackage } from "./packages.ts";

/** The files of installed packages, beside the function. */
export async function packageFiles(root: string, packages: readonly InstalledPackage[]): Promise<readonly ProgramFile[]> {
  const files = await Promise.all(packages.map(({ folder }) => filesIn(folder)));
  return Promise.all(files.flat().map((path) => fileOf(path, `${FUNCTION_FOLDER}/${relative(root, path)}`)));
}

/** Packages inside of packages are packages of their own. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path);
    return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

async function fileOf(path: string, target: string): Promise<ProgramFile> {
  const link = await readlink(path).catch(() => undefined);
  if (link !== undefined) return { path: target, content: { link } };
  const { mode } = await stat(path);
  return { path: target, mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content: { file: path } };
}
