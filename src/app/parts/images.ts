import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { buildImage } from "../../images/build.ts";
import { ContentStore } from "../../images/content-store.ts";
import { distributionHandler } from "../../images/distribution/handler.ts";
import { nodeDisk } from "../../images/node-disk.ts";
import { LocalImages } from "../../images/provider.ts";
import { STABLE_REGISTRY } from "../../images/reference.ts";
import type { DataDirectory, Settings } from "../data-directory.ts";
import { serveRegistry } from "../registry-server.ts";
import type { World } from "../world.ts";

export interface Images {
  readonly store: ContentStore;
  readonly provider: LocalImages;
}

export function openImages(directory: DataDirectory, settings: Settings): Images {
  const store = new ContentStore({ disk: nodeDisk(), folder: directory.images, ownPorts: settings.registryPorts });
  return { store, provider: new LocalImages({ store, folder: directory.rootfs }) };
}

export function startRegistry(world: World, images: Images, port: number): Promise<AsyncDisposable> {
  return serveRegistry({ port, handle: distributionHandler(images.store), logger: world.logger });
}

/** Builds the sample program into the image store and answers its reference. */
export async function buildSampleImage(store: ContentStore): Promise<string> {
  const source = fileURLToPath(new URL("../../../templates/sample/main.ts", import.meta.url));
  const { transform } = await import("esbuild"); // 20 ms that only a start with a sample pays
  const { code: program } = await transform(await readFile(source, "utf8"), { loader: "ts", format: "cjs", target: "node26" });
  const reference = join(STABLE_REGISTRY, "hello");
  await buildImage(store, {
    reference,
    files: [{ path: "app/main.cjs", bytes: Buffer.from(program) }],
    argv: ["node", "app/main.cjs"],
    runtime: `node${process.versions.node.split(".")[0] ?? ""}`,
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    port: 8080,
  });
  return reference;
}
