import { lstatSync, readlinkSync, rmSync, type Stats } from "node:fs";
import { join, posix } from "node:path";

const MAX_LINKS = 40;

/** A layer that names what it must not, or is too large: the message says which. */
export class LayerError extends Error {
  override readonly name = "LayerError";
}

/** The path of an archive's entry relative to the image's root, "" for the root itself. Throws LayerError when it leaves the root. */
export function cleanPath(name: string): string {
  const path = posix.normalize(name).replace(/^\/+|\/+$/g, "");
  if (name.includes("\0")) throw new LayerError("the layer names a path with a zero byte");
  if (path === ".." || path.startsWith("../")) throw new LayerError(`the layer names a path outside of the image: ${name}`);
  return path === "." ? "" : path;
}

/**
 * Where a folder of the image is below `root`, links followed as a process with that root would follow them: never out of it.
 * `make` is called for a folder that is missing and must make it; without it, undefined is the answer. Throws LayerError when
 * something on the way is no folder.
 */
export function findFolder(root: string, path: string, make?: (absolute: string) => void): string | undefined {
  const pending = path.split("/").filter(Boolean).toReversed();
  const done: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const name = pending.pop() ?? "";
    if (name === ".") continue;
    if (name === "..") {
      done.pop();
      continue;
    }
    const absolute = join(root, ...done, name);
    const stats = statOf(absolute);
    if (stats === undefined && make === undefined) return undefined;
    if (stats === undefined) make?.(absolute);
    if (stats?.isSymbolicLink() !== true) {
      if (stats?.isDirectory() === false) throw new LayerError(`${[...done, name].join("/")} is not a folder`);
      done.push(name);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new LayerError(`too many links on the way to ${path}`);
    const target = readlinkSync(absolute);
    if (target.startsWith("/")) done.length = 0;
    pending.push(...target.split("/").filter(Boolean).toReversed());
  }
  return join(root, ...done);
}

/** What is there, links not followed; undefined when nothing is. */
export function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Removes what is there, links not followed. */
export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
