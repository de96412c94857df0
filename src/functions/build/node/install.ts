/** Packages of a function as its lock file says, in a folder of the cache. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import type { BuildContext, Outcome } from "../contract.ts";
import { findProgram, runTool } from "../toolchain/run-tool.ts";
import type { PackageJson } from "./project.ts";

const LOCKS = ["npm-shrinkwrap.json", "package-lock.json"];
const SETTINGS = ".npmrc";
const CPUS: Readonly<Record<string, string>> = {
  amd64: "x64",
  arm64: "arm64",
  arm: "arm",
  "386": "ia32",
  s390x: "s390x",
  ppc64le: "ppc64",
};

/** The lock file that npm would obey. */
export function lockOf(root: string): string | undefined {
  return LOCKS.find((name) => existsSync(join(root, name)));
}

/** Resolves with a folder that has node_modules for the platform, without what is for development. It is shared: not to be changed. */
export async function installPackages(context: BuildContext, json: PackageJson, platform: Platform): Promise<Outcome<string>> {
  const lock = lockOf(context.root);
  const target = join(context.cache, "npm", await keyOf(context.root, lock, json, platform));
  if (existsSync(join(target, "node_modules"))) return { kind: "ok", value: target };
  const npm = findProgram(["npm"], context.env);
  if (npm === undefined)
    return { kind: "refused", message: "npm is not on the PATH, and packages have to be installed", hint: "install Node.js with npm" };
  if (lock === undefined)
    context.output("there is no package-lock.json: the versions of packages are npm's choice (npm install writes one)\n");
  const work = `${target}.${randomUUID()}`;
  await mkdir(work, { recursive: true });
  try {
    for (const name of ["package.json", SETTINGS, ...(lock === undefined ? [] : [lock])])
      await copyIfThere(join(context.root, name), join(work, name));
    const args = [
      lock === undefined ? "install" : "ci",
      "--omit=dev",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      ...platformArgs(platform),
    ];
    const { root: _root, env, signal, output } = context;
    const { code } = await runTool([npm, ...args], { cwd: work, env, signal, output });
    if (code !== 0) return { kind: "refused", message: `npm ${args[0]} failed with exit code ${code}`, hint: "what it printed is above" };
    await rm(join(work, SETTINGS), { force: true }); // it may hold a password
    await mkdir(join(work, "node_modules"), { recursive: true });
    await mkdir(dirname(target), { recursive: true });
    await rename(work, target).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(join(target, "node_modules"))) throw error; // another build was first
    });
    return { kind: "ok", value: target };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Scripts of packages can only run on the machine that they build for. */
function platformArgs(platform: Platform): readonly string[] {
  const args = [`--os=${platform.os}`, `--cpu=${CPUS[platform.architecture] ?? platform.architecture}`, "--libc=glibc"];
  return isThisMachine(platform) ? args : [...args, "--ignore-scripts"];
}

export function isThisMachine({ os, architecture }: Platform): boolean {
  return os === process.platform && CPUS[architecture] === process.arch;
}

async function keyOf(root: string, lock: string | undefined, json: PackageJson, platform: Platform): Promise<string> {
  const { dependencies = {}, optionalDependencies = {} } = json;
  const content = lock === undefined ? "" : await readFile(join(root, lock), "utf8");
  const parts = [process.versions.modules, content, dependencies, optionalDependencies, platform.os, platform.architecture];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** The function's files beside node_modules from elsewhere, as links. Dispose to remove it. */
export async function makeStage(root: string, installed: string, cache: string): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = join(cache, "stages", randomUUID());
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(root)) {
    if (name !== "node_modules") await symlink(join(root, name), join(folder, name));
  }
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
