import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TarError } from "./tar/header.ts";

const PIECE_BYTES = 256 * 1024;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** The stream as it was before its compression: gzip, zstd or none, by its first bytes, whatever its media type says. */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const head = await firstBytes(iterator);
  const whole = joined(head, iterator);
  const decoder = startsWith(head, GZIP)
    ? createGunzip({ chunkSize: PIECE_BYTES })
    : startsWith(head, ZSTD)
      ? createZstdDecompress({ chunkSize: PIECE_BYTES })
      : undefined;
  if (decoder === undefined) return yield* whole;
  let failure: unknown;
  const feeding = pipeline(whole, decoder).catch((error: unknown) => (failure ??= error));
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } catch (error) {
    await feeding;
    throw described(failure ?? error);
  } finally {
    decoder.destroy();
    await feeding;
  }
}

/** Four bytes or more unless the stream is shorter. */
async function firstBytes(iterator: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < ZSTD.length) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function described(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (code === "Z_BUF_ERROR") return new TarError("the compressed layer ends too early", { cause: error });
  return /^(Z_|ZSTD_)/.test(code) ? new TarError("the compressed layer is damaged", { cause: error }) : error;
}
