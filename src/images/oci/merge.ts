import { lstatSync, mkdirSync, readdirSync, type Dirent } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DEFAULT_ATTRIBUTES, FolderAttributes, type Attributes, type Rights } from "./attributes.ts";
import { hardLink, type LayerMarks } from "./layer-tree.ts";
import { findFolder, LayerError, remove, statOf } from "./rooted.ts";

export interface MergedLayer {
  /** Folder of the unpacked layer. */
  readonly tree: string;
  readonly marks: Pick<LayerMarks, "whiteouts" | "opaque" | "implicit" | "links">;
}

/** Other work of the thread comes in after this many files. */
const FILES_AT_ONCE = 32;

/**
 * Lays layers over each other, lowest first, in the empty folder `root`: files are hard links to the layers', so an image
 * costs no space of its own. Throws LayerError when a layer does not fit those below.
 */
export async function mergeLayers(layers: readonly MergedLayer[], root: string, rights: Rights): Promise<void> {
  const merge = new Merge(root, rights);
  for (const layer of layers) await merge.add(layer);
  merge.finish();
}

class Merge {
  readonly #root: string;
  readonly #rights: Rights;
  readonly #folders: FolderAttributes;
  #files = 0;

  constructor(root: string, rights: Rights) {
    this.#root = root;
    this.#rights = rights;
    this.#folders = new FolderAttributes(root, rights);
    this.#folders.set(root, DEFAULT_ATTRIBUTES);
  }

  async add({ tree, marks }: MergedLayer): Promise<void> {
    for (const path of marks.opaque) this.#empty(path);
    for (const path of marks.whiteouts) this.#whiteOut(path);
    await this.#addFolder({ tree, from: tree, to: this.#root, implicit: new Set(marks.implicit) });
    for (const { path, target } of marks.links) this.#link(path, target);
  }

  finish(): void {
    this.#folders.apply();
  }

  #empty(path: string): void {
    const folder = this.#find(path);
    if (folder === undefined) return;
    for (const name of readdirSync(folder)) remove(join(folder, name));
  }

  #whiteOut(path: string): void {
    const folder = this.#find(dirname(path));
    if (folder !== undefined) remove(join(folder, basename(path)));
  }

  /** undefined too when something on the way is no folder: then there is nothing to hide. */
  #find(path: string): string | undefined {
    try {
      return findFolder(this.#root, path);
    } catch (error) {
      if (error instanceof LayerError) return undefined;
      throw error;
    }
  }

  async #addFolder(folder: FolderMerge): Promise<void> {
    const path = relative(folder.tree, folder.from);
    if (!folder.implicit.has(path)) this.#folders.set(folder.to, attributesOf(folder.from));
    for (const entry of readdirSync(folder.from, { withFileTypes: true })) {
      this.#files += 1;
      if (this.#files % FILES_AT_ONCE === 0) await setImmediate();
      await this.#addEntry(folder, entry);
    }
  }

  async #addEntry(folder: FolderMerge, entry: Dirent): Promise<void> {
    const from = join(folder.from, entry.name);
    const to = join(folder.to, entry.name);
    if (entry.isDirectory()) return this.#addFolder({ ...folder, from, to: this.#folder(to, folder, from) });
    if (statOf(to) !== undefined) remove(to);
    hardLink(from, to, this.#rights);
  }

  /** A folder that the layer's archive does not name may be a link to one below. */
  #folder(to: string, { tree, implicit }: FolderMerge, from: string): string {
    const existing = statOf(to);
    if (existing?.isDirectory() === true) return to;
    if (existing?.isSymbolicLink() === true && implicit.has(relative(tree, from))) {
      const target = this.#find(relative(this.#root, to));
      if (target !== undefined) return target;
    }
    if (existing !== undefined) remove(to);
    mkdirSync(to, { mode: 0o700 });
    this.#folders.set(to, DEFAULT_ATTRIBUTES);
    return to;
  }

  #link(path: string, target: string): void {
    const [from, to] = [target, path].map((name) => {
      const folder = this.#find(dirname(name));
      return folder === undefined ? undefined : join(folder, basename(name));
    });
    if (from === undefined || to === undefined || statOf(from) === undefined)
      throw new LayerError(`the layer holds a hard link (${path}) to ${target}, which the image does not have`);
    if (from === to) return;
    if (statOf(to) !== undefined) remove(to);
    hardLink(from, to, this.#rights);
  }
}

interface FolderMerge {
  /** Root of the layer. */
  readonly tree: string;
  readonly from: string;
  readonly to: string;
  readonly implicit: ReadonlySet<string>;
}

function attributesOf(folder: string): Attributes {
  const { mode, uid, gid, mtimeMs } = lstatSync(folder);
  return { mode: mode & 0o7777, uid, gid, mtime: mtimeMs / 1000 };
}
