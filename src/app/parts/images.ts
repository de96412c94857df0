import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { buildImage } from "../../images/build.ts";
import { ContentStore } from "../../images/content-store.ts";
import { distributionHandler } from "../../images/distribution/handler.ts";
import { Uploads } from "../../images/distribution/uploads.ts";
import { nodeDisk } from "../../images/node-disk.ts";
import { LocalImages } from "../../images/provider.ts";
import { STABLE_REGISTRY } from "../../images/reference.ts";
import { collectGarbage } from "../../images/store/garbage.ts";
import { delay } from "../../std/abort.ts";
import type { DataDirectory, Settings } from "../data-directory.ts";
import { serveRegistry } from "../registry-server.ts";
import { openPuller } from "./registry-client.ts";
import type { World } from "../world.ts";

export interface Images extends Disposable {
  readonly store: ContentStore;
  readonly provider: LocalImages;
  readonly uploads: Uploads;
}

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const UPLOAD_LIMITS = { maxBlobBytes: 64 * 1024 ** 3, maxSessions: 1000, idleMs: 24 * 3_600_000 };
/** A push may take this long from its first layer to its manifest. */
const UNUSED_MS = 24 * 3_600_000;
const CLEAN_EVERY_MS = 3_600_000;
/** Not while the platform starts. */
const FIRST_CLEAN_MS = 60_000;

export function openImages(world: World, directory: DataDirectory, settings: Settings): Images {
  const disk = nodeDisk();
  const folder = directory.images;
  const store = new ContentStore({ disk, folder, ownPorts: settings.registryPorts, clock: world.clock });
  const uploads = new Uploads({ disk, folder, store, clock: world.clock, limits: UPLOAD_LIMITS });
  const client = openPuller(world, directory, store);
  const provider = new LocalImages({ store, folder: directory.rootfs, clock: world.clock, puller: client.puller });
  return { store, uploads, provider, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

/** Serves the registry and keeps its disk clean. */
export async function startRegistry(world: World, images: Images, port: number): Promise<AsyncDisposable> {
  const [deleteRest] = await Promise.all([images.provider.sweep(), images.store.blobs.reclaim()]);
  deleteRest().catch((error: unknown) => world.logger.warn("remains of images were not deleted", { error }));
  const handle = distributionHandler({ ...images, maxManifestBytes: MAX_MANIFEST_BYTES });
  await using stack = new AsyncDisposableStack();
  stack.use(images.uploads);
  stack.use(await serveRegistry({ port, handle, logger: world.logger }));
  stack.use(cleanRegularly(world, images));
  return stack.move();
}

/** Gives up old uploads and collects garbage every hour. */
function cleanRegularly({ clock, logger }: World, { store, uploads }: Images): Disposable {
  const stopped = new AbortController();
  const clean = async () => {
    const expired = await uploads.expire();
    const { blobs, bytes } = await collectGarbage(store, { unusedSinceMs: clock.now() - UNUSED_MS, signal: stopped.signal });
    if (expired + blobs > 0) logger.info("image store cleaned", { uploads: expired, blobs, bytes });
  };
  const loop = async () => {
    for (let waitMs = FIRST_CLEAN_MS; ; waitMs = CLEAN_EVERY_MS) {
      await delay(clock, waitMs, stopped.signal);
      await clean().catch((error: unknown) => logger.warn("image store not cleaned", { error }));
    }
  };
  loop().catch(() => {}); // it ends by being stopped
  return { [Symbol.dispose]: () => stopped.abort() };
}

/** The samples: what greets, and what prints the events that it gets. */
const SAMPLES = { hello: "sample", "event-display": "event-display" } as const;

/** Builds the samples into the image store and answers the reference of the one that greets. */
export async function buildSampleImages(store: ContentStore): Promise<string> {
  await buildSample(store, "event-display");
  return buildSample(store, "hello");
}

async function buildSample(store: ContentStore, name: keyof typeof SAMPLES): Promise<string> {
  const source = fileURLToPath(new URL(`../../../templates/${SAMPLES[name]}/main.ts`, import.meta.url));
  const { transform } = await import("esbuild"); // 20 ms that only a start with a sample pays
  const { code: program } = await transform(await readFile(source, "utf8"), { loader: "ts", format: "cjs", target: "node26" });
  const reference = join(STABLE_REGISTRY, name);
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
