/** Whether a function has changed since it was built: what `--build auto` asks. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { platformName } from "../../images/oci/platform.ts";
import type { Platform } from "../../images/oci/manifest.ts";
import { inTurn } from "../../std/in-turn.ts";
import { readIgnore } from "../project/ignore.ts";
import { listSource, type SourceFile } from "../project/source.ts";
import type { BuildContext, Outcome } from "./contract.ts";
import { BlobCache } from "./image/blob-cache.ts";
import { fileHash, layoutOf } from "./image/files.ts";
import { layoutDigest } from "./image/layout.ts";

const HASH_FILE = "built-hash";
const IMAGE_FILE = "built-image";
const FILES_AT_ONCE = 8;

/** What func.yaml says reaches the image by other ways, and a deployment writes into it. */
const NOT_SOURCE: readonly string[] = ["func.yaml"];

/** The files that the image is made of, without what is never source. */
export async function sourceOf({ root, signal }: Pick<BuildContext, "root" | "signal">): Promise<Outcome<readonly SourceFile[]>> {
  const ignored = await readIgnore(root);
  const isOut = (path: string, isFolder: boolean) =>
    NOT_SOURCE.includes(path) || (isFolder && /(^|\/)node_modules$/.test(path)) || ignored(path, isFolder);
  const listing = await listSource(root, { signal, ignored: isOut });
  return listing.kind === "ok" ? { kind: "ok", value: listing.files } : listing;
}

/** Hash of the function's files: paths, modes and content. */
export async function sourceHash(context: BuildContext, files: readonly SourceFile[]): Promise<string> {
  const cache = new BlobCache(context.cache);
  const lines = await inTurn(files, FILES_AT_ONCE, async ({ path, mode, link }) =>
    JSON.stringify([path, link === undefined ? mode & 0o111 : 0, link ?? (await fileHash(cache, join(context.root, path)))]),
  );
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

export interface Settings {
  readonly platforms: readonly Platform[];
  readonly baseImage: string | undefined;
  readonly created: string;
  /** Of the builder. */
  readonly version: string;
}

/** Hash of everything that the image depends on. */
export function fingerprint({ config }: BuildContext, source: string, settings: Settings): string {
  const { platforms, ...more } = settings;
  const { runtime, invoke, build } = config;
  return createHash("sha256")
    .update(JSON.stringify([source, runtime, invoke ?? "http", build ?? {}, platforms.map(platformName), more]))
    .digest("hex");
}

export async function rememberBuild(root: string, hash: string, reference: string): Promise<void> {
  await mkdir(join(root, ".func"), { recursive: true });
  await writeFile(join(root, ".func", HASH_FILE), `${hash}\n`);
  await writeFile(join(root, ".func", IMAGE_FILE), `${reference}\n`);
}

/** The reference of the last build. */
export async function builtImage(root: string): Promise<string | undefined> {
  return readLine(join(root, ".func", IMAGE_FILE));
}

/** Whether the layout on the disk is that of this fingerprint. */
export async function isBuilt(root: string, hash: string): Promise<boolean> {
  return (await readLine(join(root, ".func", HASH_FILE))) === hash && (await layoutDigest(layoutOf(root))) !== undefined;
}

async function readLine(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}
