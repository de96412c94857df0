/** An image as a folder: the OCI image layout. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MEDIA_TYPES, type Descriptor } from "../../../images/oci/manifest.ts";
import { inTurn } from "../../../std/in-turn.ts";
import { placeFile, type BlobCache } from "./blob-cache.ts";

const REFERENCE = "org.opencontainers.image.ref.name";
const FILES_AT_ONCE = 8;

export interface LayoutInput {
  /** The image's index first, then what refers to it. */
  readonly manifests: readonly (Descriptor & { readonly artifactType?: string })[];
  readonly blobs: readonly Descriptor[];
  /** How the image is called, e.g. `kinetic.local/hello:latest`. */
  readonly reference: string;
}

/** Replaces the folder in one step: an earlier image is there until the new one is whole. */
export async function writeLayout(cache: BlobCache, folder: string, { manifests, blobs, reference }: LayoutInput): Promise<void> {
  const fresh = `${folder}.${randomUUID()}`;
  const old = `${fresh}.old`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    const all = new Map([...blobs, ...manifests].map(({ digest }) => [digest, join(fresh, "blobs", digest.replace(":", "/"))]));
    await inTurn([...all], FILES_AT_ONCE, ([digest, path]) => placeFile(cache.pathOf(digest), path));
    const [image, ...referrers] = manifests;
    const named = { ...image, annotations: { [REFERENCE]: reference } };
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [named, ...referrers] };
    await writeFile(join(fresh, "index.json"), JSON.stringify(index));
    await writeFile(join(fresh, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await rename(folder, old).catch(ignoreAbsent);
    await rename(fresh, folder);
  } finally {
    await Promise.all([fresh, old].map((path) => rm(path, { recursive: true, force: true })));
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** The digest of the image that a layout holds; undefined when there is none. */
export async function layoutDigest(folder: string): Promise<string | undefined> {
  try {
    const { manifests } = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as { readonly manifests?: readonly Descriptor[] };
    return manifests?.[0]?.digest;
  } catch {
    return undefined;
  }
}
