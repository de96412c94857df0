import { createHash } from "node:crypto";
import { sha256Digest } from "../../../images/oci/manifest.ts";
import { writeLayer, type LayerEntry, type WrittenLayer } from "../../../images/oci/layer-writer.ts";
import { inTurn } from "../../../std/in-turn.ts";
import type { ProgramFile, ProgramLayer } from "../contract.ts";
import type { BlobCache } from "./blob-cache.ts";
import { fileHash } from "./files.ts";

/** Changes with everything that makes other bytes of equal files. */
const FORMAT = "1";
const FILES_AT_ONCE = 8;

export interface BuiltLayer extends WrittenLayer {
  readonly name: ProgramLayer["name"];
  readonly createdBy: string;
  /** It was there from an earlier build. */
  readonly isCached: boolean;
}

/** The layer's blob, written unless the cache has one of the same content. */
export async function buildLayer(cache: BlobCache, layer: ProgramLayer, signal: AbortSignal): Promise<BuiltLayer> {
  const { name, createdBy } = layer;
  const entries = layer.files.map(entryOf);
  const key = `layer ${layer.key === undefined ? await contentKey(cache, entries) : `${FORMAT} ${name} ${layer.key}`}`;
  const known = await cache.fact<WrittenLayer>(key);
  if (known !== undefined && (await cache.has(known.digest, known.size))) return { ...known, name, createdBy, isCached: true };
  const written = await cache.take((path) => writeLayer(entries, path, signal));
  await cache.remember(key, written);
  return { ...written, name, createdBy, isCached: false };
}

function entryOf({ path, mode, content }: ProgramFile): LayerEntry {
  const owner = path.startsWith("func/") ? 1000 : 0;
  return { path, mode: "link" in content ? 0o777 : (mode ?? ("folder" in content ? 0o755 : 0o644)), uid: owner, gid: owner, content };
}

/** A hash of everything that the layer's bytes depend on. */
async function contentKey(cache: BlobCache, entries: readonly LayerEntry[]): Promise<string> {
  const lines = await inTurn(entries, FILES_AT_ONCE, async ({ path, mode, uid, content }) =>
    JSON.stringify([path, mode, uid, await hashOf(cache, content)]),
  );
  const hash = createHash("sha256").update(FORMAT);
  for (const line of lines.toSorted()) hash.update(`${line}\n`);
  return hash.digest("hex");
}

async function hashOf(cache: BlobCache, content: LayerEntry["content"]): Promise<string> {
  if ("link" in content) return `link ${content.link}`;
  if ("folder" in content) return "folder";
  return "bytes" in content ? sha256Digest(content.bytes) : fileHash(cache, content.file);
}
