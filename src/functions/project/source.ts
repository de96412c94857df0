/** The files of a function: what the builder sees. */
import { lstat, readdir, readlink } from "node:fs/promises";
import { join, posix } from "node:path";
import { IGNORE_FILE, readIgnore, type Ignored } from "./ignore.ts";

export interface SourceFile {
  /** Relative to the function's folder, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  /** Where a link points to: relative, and inside the function. */
  readonly link?: string;
}

export type Listing =
  /** Sorted by path. */
  | { readonly kind: "ok"; readonly files: readonly SourceFile[] }
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

export interface ListOptions {
  readonly signal: AbortSignal;
  readonly ignored?: Ignored;
  /** More files than this are refused. */
  readonly limit?: number;
}

const FILE_LIMIT = 50_000;
const HINT = `name what the function does not need in ${IGNORE_FILE}`;

/** @throws when the signal aborts, or a folder cannot be read */
export async function listSource(root: string, { signal, ignored, limit = FILE_LIMIT }: ListOptions): Promise<Listing> {
  const isIgnored = ignored ?? (await readIgnore(root));
  const files: SourceFile[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (isIgnored(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) files.push(await fileAt(root, path));
      else return { kind: "refused", message: `${path} is neither a file nor a folder nor a link`, hint: HINT };
    }
    if (files.length > limit) return tooMany(files, limit);
  }
  const outside = files.find(({ path, link }) => link !== undefined && pointsOut(path, link));
  if (outside !== undefined) return pointsOutside(outside);
  return { kind: "ok", files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function fileAt(root: string, path: string): Promise<SourceFile> {
  const { size, mode } = await lstat(join(root, path));
  const isLink = (mode & 0o170000) === 0o120000;
  return { path, size, mode: mode & 0o7777, ...(isLink ? { link: await readlink(join(root, path)) } : {}) };
}

function pointsOut(path: string, link: string): boolean {
  const target = posix.normalize(posix.join(posix.dirname(path), link));
  return posix.isAbsolute(link) || target === ".." || target.startsWith("../");
}

function pointsOutside({ path, link }: SourceFile): Listing {
  return {
    kind: "refused",
    message: `the link ${path} points out of the function's folder, to ${link}`,
    hint: `copy what it points to, make it relative, or name it in ${IGNORE_FILE}`,
  };
}

function tooMany(files: readonly SourceFile[], limit: number): Listing {
  const folders = Map.groupBy(files, ({ path }) => (path.includes("/") ? (path.split("/")[0] ?? "") : "."));
  const [largest = ".", members = []] = [...folders].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const where = largest === "." ? "its own folder" : `${largest}/`;
  return {
    kind: "refused",
    message: `the function has more than ${limit} files, at least ${members.length} of them in ${where}`,
    hint: largest === "." ? HINT : `write ${largest}/ into ${IGNORE_FILE} if the function does not need it`,
  };
}
