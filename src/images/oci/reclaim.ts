import { join } from "node:path";
import { digestOfFolder, folderName, lastUse, namesIn, outOfSight, readInfo, type ImageInfo } from "./folder-info.ts";

export interface ReclaimOptions {
  /** Digests of images that something runs, or may run soon. */
  readonly inUse: ReadonlySet<string>;
  /** What was used after this time stays. Epoch milliseconds. */
  readonly usedBeforeMs: number;
  /** What was not used since this time goes even if there is room. Epoch milliseconds. */
  readonly oldBeforeMs: number;
  /** Beyond this the longest unused go. */
  readonly maxBytes: number;
}

export interface Reclaimed {
  /** Digests of the images that went. */
  readonly images: readonly string[];
  /** Of the layers that went, as their archives count. */
  readonly bytes: number;
}

export interface StoredImage {
  readonly digest: string;
  readonly usedMs: number;
  readonly layers: readonly string[];
}

export interface StoredLayer {
  readonly name: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Which images go: not in use, and old or, longest unused first, more than fits. Layers that they share are counted once. */
export function chooseImages(images: readonly StoredImage[], layers: readonly StoredLayer[], options: ReclaimOptions): string[] {
  const sizes = new Map(layers.map(({ name, bytes }) => [name, bytes]));
  const users = new Map<string, number>();
  for (const name of images.flatMap((image) => image.layers)) users.set(name, (users.get(name) ?? 0) + 1);
  let total = [...users.keys()].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  const chosen: string[] = [];
  for (const { digest, usedMs, layers: own } of images.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (options.inUse.has(digest) || usedMs >= options.usedBeforeMs) continue;
    if (usedMs >= options.oldBeforeMs && total <= options.maxBytes) continue;
    chosen.push(digest);
    for (const name of own) {
      const left = (users.get(name) ?? 0) - 1;
      users.set(name, left);
      if (left === 0) total -= sizes.get(name) ?? 0;
    }
  }
  return chosen;
}

/** Takes images out of sight, and layers that no image has; `trash` is for the caller to delete, which takes its time. */
export async function reclaimFolders(folder: string, options: ReclaimOptions): Promise<Reclaimed & { readonly trash: readonly string[] }> {
  const images = await storedImages(folder);
  const layers = await storedLayers(folder);
  const gone = chooseImages(images, layers, options);
  const needed = new Set(images.filter(({ digest }) => !gone.includes(digest)).flatMap((image) => image.layers));
  const unneeded = layers.filter(({ name, usedMs }) => !needed.has(name) && usedMs < options.usedBeforeMs);
  const paths = [
    ...gone.map((digest) => join(folder, "images", folderName(digest))),
    ...unneeded.map(({ name }) => join(folder, "layers", name)),
  ];
  const trash: string[] = [];
  for (const path of paths) trash.push(await outOfSight(path));
  return { images: gone, bytes: unneeded.reduce((sum, { bytes }) => sum + bytes, 0), trash };
}

async function storedImages(folder: string): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  for (const name of await wholeIn(join(folder, "images"))) {
    const path = join(folder, "images", name);
    const info = await readInfo<ImageInfo>(path);
    images.push({ digest: digestOfFolder(name), usedMs: await lastUse(path), layers: info?.layers ?? [] });
  }
  return images;
}

async function storedLayers(folder: string): Promise<StoredLayer[]> {
  const layers: StoredLayer[] = [];
  for (const name of await wholeIn(join(folder, "layers"))) {
    const path = join(folder, "layers", name);
    const info = await readInfo<{ readonly bytes: number }>(path);
    layers.push({ name, bytes: info?.bytes ?? 0, usedMs: await lastUse(path) });
  }
  return layers;
}

async function wholeIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => !name.endsWith(".partial"));
}
