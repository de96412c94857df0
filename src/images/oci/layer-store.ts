import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../../std/clock.ts";
import type { BlobStore } from "../store/contract.ts";
import { inTurn } from "../../std/in-turn.ts";
import { Limiter } from "../../std/limiter.ts";
import {
  currentBoot,
  folderName,
  makeDurable,
  markUsed,
  mayBeLost,
  namesIn,
  outOfSight,
  readInfo,
  TRASH,
  type ImageInfo,
} from "./folder-info.ts";
import { mergeLayers } from "./merge.ts";
import { reclaimFolders, type Reclaimed, type ReclaimOptions } from "./reclaim.ts";
import { LayerError } from "./rooted.ts";
import { unpackLayer, type UnpackedLayer, type UnpackLimits } from "./unpack.ts";

export interface LayerRef {
  readonly digest: string;
  readonly diffId: string;
}

export interface UnpackedImage {
  /** Shared and read-only. */
  readonly rootfs: string;
  /** What of the image is not as its layers say, in words for people. */
  readonly notes: readonly string[];
}

export interface LayerStoreOptions {
  readonly blobs: Pick<BlobStore, "open">;
  readonly folder: string;
  readonly clock: Clock;
  /** Whether owners are kept: only root can. */
  readonly isRoot: boolean;
  readonly limits?: UnpackLimits;
}

/** Layers that are unpacked at once, of all images together. */
const AT_ONCE = 3;

/**
 * Unpacked images on disk, each once however many sandboxes run it.
 *
 * `layers/<digest>/tree` holds a layer and `layers/<digest>/info.json` what it says of other layers; `images/<digest>/tree`
 * holds an image of several layers, hard links to theirs. Folders with setuid files are closed to other users, because no
 * container stands between those and them.
 *
 * - L1 a folder gets its name when it is whole; what is interrupted is called `.partial` and goes at the next start;
 * - L2 what may have been lost in a power cut is unpacked again: a folder counts as durable once `durable` lies in it;
 * - L3 nothing is unpacked while folders are being chosen for removal: a layer that is about to be used must not be among them.
 */
export class LayerStore {
  readonly #options: LayerStoreOptions;
  readonly #layers = new Map<string, Promise<UnpackedLayer>>();
  readonly #images = new Map<string, Promise<UnpackedImage>>();
  readonly #unpacks = new Limiter(AT_ONCE);
  #reclaiming: Promise<unknown> | undefined;

  constructor(options: LayerStoreOptions) {
    this.#options = options;
  }

  /** For the owner of the folder, at its start: takes what is not whole (L1, L2) out of sight. Resolves with how to delete it. */
  async sweep(): Promise<() => Promise<void>> {
    const { folder } = this.#options;
    const bootId = await currentBoot();
    const trash: string[] = [];
    for (const kind of ["layers", "images"]) {
      for (const name of await namesIn(join(folder, kind))) {
        const path = join(folder, kind, name);
        if (name.endsWith(TRASH)) trash.push(path);
        else if (name.endsWith(".partial") || (await mayBeLost(path, bootId))) trash.push(await outOfSight(path));
      }
    }
    // Images of an earlier layout.
    for (const name of await namesIn(folder)) if (name.startsWith("sha256-")) trash.push(join(folder, name));
    return () => discard(trash);
  }

  /** The folder of an image. Concurrent calls share the work. Throws LayerError or TarError with words for people. */
  async image(digest: string, layers: readonly LayerRef[]): Promise<UnpackedImage> {
    await this.#reclaiming;
    return shared(this.#images, digest, () => this.#image(digest, layers));
  }

  /** Unpacks a layer ahead of its image, as soon as its blob is there. */
  async prepare(layer: LayerRef): Promise<void> {
    await this.#reclaiming;
    await this.#layer(layer);
  }

  /** Tells that an image is still in use. */
  touch(digest: string): Promise<void> {
    return markUsed(this.#folderOf("images", digest), this.#options.clock);
  }

  /** Removes images that are not in use, and layers of no image (L3). Does nothing while something is being unpacked. */
  async reclaim(options: ReclaimOptions): Promise<Reclaimed> {
    if (this.#images.size + this.#layers.size > 0 || this.#reclaiming !== undefined) return { images: [], bytes: 0 };
    const work = reclaimFolders(this.#options.folder, options).finally(() => (this.#reclaiming = undefined));
    this.#reclaiming = work.catch(() => {});
    const { trash, ...reclaimed } = await work;
    await discard(trash);
    return reclaimed;
  }

  async #image(digest: string, layers: readonly LayerRef[]): Promise<UnpackedImage> {
    const target = this.#folderOf("images", digest);
    const known = await readInfo<ImageInfo>(target);
    if (known !== undefined) {
      await markUsed(target, this.#options.clock);
      return known;
    }
    const unpacked = await inTurn(layers, AT_ONCE, async (layer) => ({ layer, marks: await this.#layer(layer) }));
    const trees = unpacked.map(({ layer, marks }) => ({ tree: join(this.#folderOf("layers", layer.digest), "tree"), marks }));
    const [only] = trees;
    const isMerged = trees.length !== 1 || only === undefined || only.marks.links.length > 0;
    return this.#publish<ImageInfo>(target, async (tree) => {
      if (isMerged) await mergeLayers(trees, tree, this.#options);
      const info: ImageInfo = {
        rootfs: isMerged ? join(target, "tree") : only.tree,
        layers: layers.map((layer) => folderName(layer.digest)),
        bytes: unpacked.reduce((sum, { marks }) => sum + marks.bytes, 0),
        notes: unpacked.flatMap(({ marks }) => marks.notes),
      };
      return { info, isClosed: unpacked.some(({ marks }) => marks.hasSetuid) };
    });
  }

  /** Another image may have had it unpacked by what its own configuration says. */
  async #layer({ digest, diffId }: LayerRef): Promise<UnpackedLayer> {
    const unpacked = await shared(this.#layers, digest, () => this.#unpack({ digest, diffId }));
    if (unpacked.diffId === diffId) return unpacked;
    throw new LayerError(`layer ${digest} unpacks to ${unpacked.diffId}, but the image's configuration states ${diffId}`);
  }

  async #unpack({ digest, diffId }: LayerRef): Promise<UnpackedLayer> {
    const target = this.#folderOf("layers", digest);
    const known = await readInfo<UnpackedLayer>(target);
    if (known !== undefined) {
      await markUsed(target, this.#options.clock);
      return known;
    }
    return this.#unpacks.run(async () => {
      const bytes = await this.#options.blobs.open(digest);
      if (bytes === undefined) throw new LayerError(`layer ${digest} is missing or damaged`);
      return this.#publish<UnpackedLayer>(target, async (tree) => {
        const info = await unpackLayer({ bytes, digest, diffId }, tree, this.#options);
        return { info, isClosed: info.hasSetuid };
      });
    });
  }

  /** Fills a folder and gives it its name (L1). */
  async #publish<T>(target: string, fill: (tree: string) => Promise<{ readonly info: T; readonly isClosed: boolean }>): Promise<T> {
    const partial = `${target}.partial`;
    const tree = join(partial, "tree");
    try {
      await rm(partial, { recursive: true, force: true });
      await makePassable(dirname(target));
      await mkdir(tree, { recursive: true, mode: 0o700 });
      const { info, isClosed } = await fill(tree);
      await writeFile(join(partial, "info.json"), JSON.stringify({ ...info, bootId: await currentBoot() }));
      await chmod(partial, isClosed ? 0o700 : 0o711);
      await rename(partial, target);
      void makeDurable(target);
      return info;
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  }

  #folderOf(kind: "layers" | "images", digest: string): string {
    return join(this.#options.folder, kind, folderName(digest));
  }
}

async function discard(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true });
}

/** Passed through by the users of sandboxes, looked into by nobody. */
async function makePassable(folder: string): Promise<void> {
  for (const path of [dirname(folder), folder]) {
    await mkdir(path, { recursive: true });
    await chmod(path, 0o711);
  }
}

/** One piece of work at a time for a key. */
function shared<T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const found = running.get(key);
  if (found !== undefined) return found;
  const started = work().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
