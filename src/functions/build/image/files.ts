import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlobCache } from "./blob-cache.ts";

/** Below this, hashing a file is as fast as looking up what it was. */
const REMEMBERED_BYTES = 1024 * 1024;

/** Where the image of a function is on the disk. */
export function layoutOf(root: string): string {
  return join(root, ".func", "build", "oci");
}

/** Hash of a file. Of a large one that has not changed since, what it was. */
export async function fileHash(cache: BlobCache, path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  if (size < REMEMBERED_BYTES) return hashFile(path);
  const key = `file ${[path, size, mtimeNs, ctimeNs, ino].join(" ")}`;
  const known = await cache.fact<string>(key);
  if (known !== undefined) return known;
  const hash = await hashFile(path);
  await cache.remember(key, hash);
  return hash;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: REMEMBERED_BYTES }) as AsyncIterable<Buffer>) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
