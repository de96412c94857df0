import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join, posix } from "node:path";

const MAX_LINKS = 40;

/** The real path of `path` inside a root folder: links are followed as if the root were `/`. undefined when there is nothing. */
export function resolveInRoot(root: string, path: string): string | undefined {
  let rest = path.split("/");
  let at = "/";
  for (let links = 0; rest.length > 0;) {
    const [name = "", ...more] = rest;
    rest = more;
    if (name === "" || name === ".") continue;
    const next = posix.join(at, name); // `..` at the root stays there
    const kind = lstatSync(join(root, next), { throwIfNoEntry: false });
    if (kind === undefined) return undefined;
    if (!kind.isSymbolicLink()) at = next;
    else {
      if (++links > MAX_LINKS) return undefined;
      const target = readlinkSync(join(root, next));
      if (target.startsWith("/")) at = "/";
      rest = [...target.split("/"), ...rest];
    }
  }
  return join(root, at);
}

/** A file of an image as text; undefined when it has none or that is no ordinary file. */
export function readInRoot(root: string, path: string): string | undefined {
  const real = resolveInRoot(root, path);
  if (real === undefined || !lstatSync(real).isFile()) return undefined;
  return readFileSync(real, "utf8");
}
