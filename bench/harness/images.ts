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
  const binary = goBinary();
  if (binary === undefined) return undefined;
  const reference = "kinetic.local/bench-static";
  await buildImage(storeOf(dataDirectory), {
    reference,
    files: [{ path: "hello", bytes: binary, mode: 0o755 }],
    argv: ["/hello"],
    runtime: "static",
    architecture,
    port: 8080,
  });
  return reference;
}

function storeOf(dataDirectory: string): ContentStore {
  return new ContentStore({ disk: nodeDisk(), folder: join(dataDirectory, "images"), ownPorts: [] });
}

function goBinary(): Uint8Array | undefined {
  if (!installed("go")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "kinetic-bench-go-"));
  try {
    const output = join(folder, "hello");
    const env = { ...process.env, CGO_ENABLED: "0" };
    execFileSync("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", output, join(import.meta.dirname, "../backend/hello.go")], { env });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
