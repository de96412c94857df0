import { chmodSync, chownSync, lchownSync, lutimesSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { statOf } from "./rooted.ts";

export interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

export const DEFAULT_ATTRIBUTES: Attributes = { mode: 0o755, uid: 0, gid: 0, mtime: 0 };

/** Only root can give files away; everybody else must stay able to delete what was unpacked. */
export interface Rights {
  readonly isRoot: boolean;
}

export function setLinkAttributes(path: string, { uid, gid, mtime }: Attributes, { isRoot }: Rights): void {
  if (isRoot) lchownSync(path, uid, gid);
  lutimesSync(path, mtime, mtime);
}

/**
 * Attributes of folders, set at the end: a folder that may not be written, or whose time matters, gets its content first.
 * What is no longer a folder, or lies below a link by then, is left alone.
 */
export class FolderAttributes {
  readonly #root: string;
  readonly #rights: Rights;
  readonly #folders = new Map<string, Attributes>();

  constructor(root: string, rights: Rights) {
    this.#root = root;
    this.#rights = rights;
  }

  set(path: string, attributes: Attributes): void {
    this.#folders.set(path, attributes);
  }

  /** Resolves nothing by itself: callers ask for what they made. */
  get(path: string): Attributes | undefined {
    return this.#folders.get(path);
  }

  apply(): void {
    const real = new Set([this.#root]);
    const paths = [...this.#folders.keys()].toSorted();
    for (const path of paths) {
      if (path !== this.#root && real.has(dirname(path)) && statOf(path)?.isDirectory() === true) real.add(path);
    }
    for (const path of paths.toReversed()) {
      const attributes = this.#folders.get(path);
      if (attributes !== undefined && real.has(path)) this.#setFolder(path, attributes);
    }
  }

  #setFolder(path: string, { mode, uid, gid, mtime }: Attributes): void {
    if (this.#rights.isRoot) chownSync(path, uid, gid);
    chmodSync(path, this.#rights.isRoot ? mode : mode | 0o700);
    utimesSync(path, mtime, mtime);
  }
}
