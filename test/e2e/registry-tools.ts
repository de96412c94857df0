/**
 * The programs of other people that the registry is tested with, built from the module proxy at pinned versions and kept
 * under .cache/tools by version. `node bin/node.js test/e2e/registry-tools.ts` builds what is missing.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");
const MODULES = {
  crane: "github.com/google/go-containerregistry/cmd/crane@v0.20.6",
  ko: "github.com/google/ko@v0.18.0",
  conformance: "github.com/opencontainers/distribution-spec/conformance@v0.0.0-20260831232431-97274622c111",
} as const;

export type GoTool = keyof typeof MODULES;

/** The path of a program; builds it unless this version is there. Rejects without Go or a module proxy. */
export async function goTool(name: GoTool): Promise<string> {
  const version = MODULES[name].slice(MODULES[name].indexOf("@") + 1);
  const folder = join(ROOT, ".cache/tools", `${name}@${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  const env = { ...process.env, GOBIN: building, CGO_ENABLED: "0", GOFLAGS: "-ldflags=-s -ldflags=-w" };
  await promisify(execFile)("go", ["install", MODULES[name]], { env, timeout: 600_000 });
  await rename(building, folder).catch(() => rm(building, { recursive: true })); // another process was faster
  return program;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of Object.keys(MODULES) as GoTool[]) process.stdout.write(`${await goTool(name)}\n`);
}
