import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { transform } from "esbuild";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildImage } from "../../src/images/build.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";
import { installed } from "./program.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BACKEND = join(import.meta.dirname, "../backend");
const architecture = process.arch === "x64" ? "amd64" : process.arch;

/** The sample, a Node program, in the image store of a data directory. Resolves with its reference. */
export async function addNodeImage(dataDirectory: string): Promise<string> {
  const source = readFileSync(join(ROOT, "templates/sample/main.ts"), "utf8");
  const { code } = await transform(source, { loader: "ts", format: "esm", target: "node26" });
  const reference = "kinetic.local/bench-node";
  await buildImage(storeOf(dataDirectory), {
    reference,
    files: [{ path: "app/main.mjs", bytes: Buffer.from(code) }],
    argv: ["node", "app/main.mjs"],
    runtime: `node${process.versions.node.split(".")[0] ?? ""}`,
    architecture,
    port: 8080,
  });
  return reference;
}

/** The same as a static Go binary, as the recorded figures of real Knative used; undefined where Go is missing. */
export async function addStaticImage(dataDirectory: string): Promise<string | undefined> {
  const binary = goBinary(["build", "-trimpath", "-ldflags=-s -w"], join(BACKEND, "hello.go"));
  return binary === undefined ? undefined : addBinary(dataDirectory, "bench-static", binary);
}

/** A static binary as an image. Resolves with its reference. */
export async function addBinary(dataDirectory: string, name: string, binary: Uint8Array): Promise<string> {
  const reference = `kinetic.local/${name}`;
  await buildImage(storeOf(dataDirectory), {
    reference,
    files: [{ path: "program", bytes: binary, mode: 0o755 }],
    argv: ["/program"],
    runtime: "static",
    architecture,
    port: 8080,
  });
  return reference;
}

function storeOf(dataDirectory: string): ContentStore {
  return new ContentStore({ disk: nodeDisk(), folder: join(dataDirectory, "images"), ownPorts: [] });
}

/** The program of the gRPC row, a server that is also its load; undefined where Go is missing. */
export function grpcBinary(): Uint8Array | undefined {
  return goBinary(["build", "-C", join(BACKEND, "grpc"), "-mod=readonly", "-trimpath", "-ldflags=-s -w"], ".");
}

function goBinary(command: readonly string[], source: string): Uint8Array | undefined {
  if (!installed("go")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "kinetic-bench-go-"));
  try {
    const output = join(folder, "program");
    execFileSync("go", [...command, "-o", output, source], { env: { ...process.env, CGO_ENABLED: "0" } });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
