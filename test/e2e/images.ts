/** Images for tests, put into the store of a platform while it runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImage } from "../../src/images/build.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";

/** Builds a Node program into the image store of a data directory. Resolves with its reference. */
export async function buildProgram(dataDir: string, name: string, source: string): Promise<string> {
  const store = new ContentStore({ disk: nodeDisk(), folder: join(dataDir, "images"), ownPorts: [] });
  const reference = `kinetic.local/${name}`;
  await buildImage(store, {
    reference,
    files: [{ path: "app/main.mjs", bytes: Buffer.from(source) }],
    argv: ["node", "app/main.mjs"],
    runtime: `node${process.versions.node.split(".")[0] ?? ""}`,
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    port: 8080,
  });
  return reference;
}

/** The program that `kinetic up --sample` deploys; a template without types that Node would have to strip first. */
export async function sampleProgram(): Promise<string> {
  const { transform } = await import("esbuild");
  const source = await readFile(join(import.meta.dirname, "../../templates/sample/main.ts"), "utf8");
  return (await transform(source, { loader: "ts", format: "esm", target: "node26" })).code;
}
