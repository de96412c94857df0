/** A static Go program built with ko over a base of the platform's own registry, and pushed there, as people do. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { goTool } from "./registry-tools.ts";

const PATIENCE_MS = 300_000;
const run = promisify(execFile);

export interface KoOptions {
  /** `localhost:PORT` */
  readonly registry: string;
  readonly name: string;
  /** One file of package main that needs the standard library alone. */
  readonly source: string;
  /** Bytes that the base has beside, to make an image of some size. */
  readonly ballast?: Uint8Array;
}

/** Resolves with the reference by tag. Rejects without Go, ko or crane. */
export async function koImage({ registry, name, source, ballast }: KoOptions): Promise<string> {
  await using folder = await temporary();
  const platform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
  const base = `${registry}/${name}-base:v1`;
  const crane = await goTool("crane");
  await run(crane, ["append", "--new_layer", await baseLayer(folder.path, ballast), "--new_tag", base]);
  await run(crane, ["mutate", base, "--set-platform", platform, "--user", "65532", "--tag", base]);
  const project = join(folder.path, name);
  await mkdir(project);
  await writeFile(join(project, "go.mod"), `module example.com/${name}\n\ngo 1.24\n`);
  await writeFile(join(project, "main.go"), source);
  const chosen = { KO_DOCKER_REPO: `${registry}/apps`, KO_DEFAULTBASEIMAGE: base, GOFLAGS: "-buildvcs=false", PWD: project };
  const args = ["build", "--platform", platform, "-B", "--sbom", "none", "--tags", "v1", "."];
  await run(await goTool("ko"), args, { cwd: project, env: { ...process.env, ...chosen }, timeout: PATIENCE_MS });
  return `${registry}/apps/${name}:v1`;
}

async function baseLayer(folder: string, ballast: Uint8Array | undefined): Promise<string> {
  const root = join(folder, "root");
  await mkdir(root);
  await writeFile(join(root, "passwd"), "nonroot:x:65532:65532::/:/sbin/nologin");
  if (ballast !== undefined) await writeFile(join(root, "ballast"), ballast);
  await run("tar", ["-C", root, "-cf", join(folder, "layer.tar"), "."]);
  return join(folder, "layer.tar");
}

async function temporary(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-ko-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
