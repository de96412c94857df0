/** Programs in other languages, built once for their source and kept below .cache/clients. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../e2e/harness.ts";

const execute = promisify(execFile);
const BUILD_PATIENCE_MS = 600_000;
/** Without the optimisations that nobody notices here: a first build takes a quarter less time. */
const GO_FLAGS = ["-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w"];

/** Go packages by the folder that has their go.mod. */
const MODULES = { clientgo: "go", runtime: "go", events: "go-events" } as const;

/** The test binary of a Go package. Rejects without Go or a module proxy. */
export async function goClient(name: keyof typeof MODULES): Promise<string> {
  const folder = join(import.meta.dirname, MODULES[name]);
  const key = hashOf(folder, ["go.mod", "go.sum", `${name}/*.go`]);
  const kept = await build(`go-${name}-${key}`, async (target) => {
    const args = ["test", "-c", ...GO_FLAGS, "-o", join(target, "program"), `./${name}`];
    await execute("go", args, { cwd: folder, env: { ...process.env, CGO_ENABLED: "0" }, timeout: BUILD_PATIENCE_MS });
  });
  return join(kept, "program");
}

/** The static program of a Go package below test/clients/go. Rejects without Go or a module proxy. */
export async function goProgram(name: "incluster"): Promise<string> {
  const folder = join(import.meta.dirname, "go");
  const key = hashOf(folder, ["go.mod", "go.sum", `${name}/*.go`]);
  const kept = await build(`go-${name}-${key}`, async (target) => {
    const args = ["build", ...GO_FLAGS, "-o", join(target, "program"), `./${name}`];
    await execute("go", args, { cwd: folder, env: { ...process.env, CGO_ENABLED: "0" }, timeout: BUILD_PATIENCE_MS });
  });
  return join(kept, "program");
}

/** A Python with the packages that test/clients/python/requirements.txt pins. Rejects without Python's venv or an index. */
export async function pythonClient(): Promise<string> {
  const folder = join(import.meta.dirname, "python");
  const kept = await build(`python-${hashOf(folder, ["requirements.txt"])}`, async (target) => {
    const options = { timeout: BUILD_PATIENCE_MS };
    await execute("python3", ["-m", "venv", "--without-pip", target], options);
    const packages = (
      await execute(join(target, "bin/python"), ["-c", "import site; print(site.getsitepackages()[0])"], options)
    ).stdout.trim();
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", packages];
    await execute("python3", [...install, "-r", join(folder, "requirements.txt")], options);
  });
  return join(kept, "bin/python");
}

function hashOf(folder: string, globs: readonly string[]): string {
  const hash = createHash("sha256").update(process.arch);
  for (const file of globSync([...globs], { cwd: folder }).toSorted()) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 16);
}

/** The folder of that name; `make` fills it unless it is there. A build that fails or is cut leaves no half of one. */
async function build(name: string, make: (target: string) => Promise<void>): Promise<string> {
  const folder = join(ROOT, ".cache/clients", name);
  if (existsSync(folder)) return folder;
  const target = `${folder}.${process.pid}`;
  await mkdir(target, { recursive: true });
  try {
    await make(target);
    await rename(target, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // another process was faster
    });
  } finally {
    await rm(target, { recursive: true, force: true });
  }
  return folder;
}
