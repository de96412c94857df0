import { setImmediate } from "node:timers/promises";
import { Digester, parseDigest } from "../store/digest.ts";
import { decompress } from "./decompress.ts";
import type { Rights } from "./attributes.ts";
import { LayerTree, type LayerMarks } from "./layer-tree.ts";
import { LayerError } from "./rooted.ts";
import { readTar, type TarEntry } from "./tar/reader.ts";

export interface LayerSource {
  /** As stored: compressed or not. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of `bytes`; what has another digest is refused. */
  readonly digest: string;
  /** Digest of the tar inside, as the image configuration states it; what has another is refused. */
  readonly diffId: string;
}

export interface UnpackLimits {
  readonly entries: number;
  /** Of the archive, bytes. */
  readonly bytes: number;
  /** Of one file as it is read, bytes. */
  readonly fileBytes: number;
  /** How many times its size a compressed layer may grow to, once it is larger than `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

const GiB = 1024 ** 3;
/** Files are made by calls that do not wait, which is several times faster; other work of the thread comes in after this many. */
const FILES_AT_ONCE = 16;

export const UNPACK_LIMITS: UnpackLimits = {
  entries: 1_000_000,
  bytes: 64 * GiB,
  fileBytes: 32 * GiB,
  ratio: 300,
  ratioFromBytes: GiB / 4,
};

export interface UnpackOptions extends Rights {
  readonly limits?: UnpackLimits;
}

export interface UnpackedLayer extends LayerMarks {
  readonly diffId: string;
  readonly entries: number;
  /** Of the archive. */
  readonly bytes: number;
}

/**
 * Unpacks a layer into the empty folder `root`, which nobody else may write to.
 *
 * - U1 nothing outside of `root` is made, changed or read, whatever links the layer holds;
 * - U2 a layer beyond the limits is refused while it is read, not after it has filled the disk;
 * - U3 a layer counts only when both digests are what they have to be.
 *
 * Throws LayerError or TarError with words for people, or the error of the file system.
 */
export async function unpackLayer(layer: LayerSource, root: string, options: UnpackOptions): Promise<UnpackedLayer> {
  const { limits = UNPACK_LIMITS } = options;
  const meter = new Meter(layer, limits);
  const tree = new LayerTree(root, options);
  let entries = 0;
  try {
    for await (const entry of readTar(meter.unpacked(decompress(meter.stored())))) {
      entries += 1;
      if (entries > limits.entries) throw new LayerError(`the layer holds more than ${limits.entries} files`);
      checkSize(entry, limits);
      await tree.add(entry);
      if (entries % FILES_AT_ONCE === 0) await setImmediate();
    }
    meter.verify(); // U3
    return { ...(await tree.finish()), diffId: layer.diffId, entries, bytes: meter.unpackedBytes };
  } finally {
    await tree.settle(); // whoever removes the folder must not meet a file that is still being made
  }
}

/** A sparse file costs little here, but whoever copies it pays in full. */
function checkSize({ name, size }: TarEntry, { fileBytes }: UnpackLimits): void {
  if (size > fileBytes) throw new LayerError(`the layer holds a file of ${size} bytes (${name}); more than ${fileBytes} are refused`);
}

/** Counts and hashes a layer on both sides of its compression. */
class Meter {
  readonly #layer: LayerSource;
  readonly #limits: UnpackLimits;
  readonly #digest: Digester;
  readonly #diffId: Digester;
  #storedBytes = 0;
  unpackedBytes = 0;

  constructor(layer: LayerSource, limits: UnpackLimits) {
    this.#layer = layer;
    this.#limits = limits;
    this.#digest = new Digester(algorithmOf(layer.digest));
    this.#diffId = new Digester(algorithmOf(layer.diffId));
  }

  async *stored(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#layer.bytes) {
      this.#storedBytes += piece.length;
      this.#digest.update(piece);
      yield piece;
    }
  }

  /** U2 */
  async *unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { bytes, ratio, ratioFromBytes } = this.#limits;
    for await (const piece of source) {
      this.unpackedBytes += piece.length;
      this.#diffId.update(piece);
      if (this.unpackedBytes > bytes) throw new LayerError(`the layer is larger than ${bytes} bytes when unpacked`);
      if (this.unpackedBytes > ratioFromBytes && this.unpackedBytes > this.#storedBytes * ratio)
        throw new LayerError(`the layer grows to more than ${ratio} times its size when unpacked: it looks like a decompression bomb`);
      yield piece;
    }
  }

  verify(): void {
    const { digest, diffId } = this.#layer;
    const actual = this.#digest.digest();
    if (actual !== digest) throw new LayerError(`layer ${digest} is damaged: its content has digest ${actual}`);
    const inside = this.#diffId.digest();
    if (inside !== diffId) throw new LayerError(`layer ${digest} unpacks to ${inside}, but the image's configuration states ${diffId}`);
  }
}

function algorithmOf(digest: string) {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new LayerError(`unsupported digest ${JSON.stringify(digest)}`);
  return parsed.algorithm;
}
