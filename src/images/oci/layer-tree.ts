import { execFile } from "node:child_process";
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  mkdirSync,
  open,
  openSync,
  readlinkSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { DEFAULT_ATTRIBUTES, FolderAttributes, setLinkAttributes, type Rights } from "./attributes.ts";
import { Writes } from "./writes.ts";
import { cleanPath, findFolder, LayerError, remove, statOf } from "./rooted.ts";
import type { TarEntry } from "./tar/reader.ts";

/** What a layer says beyond the files that it holds. Paths are relative to the image's root. */
export interface LayerMarks {
  /** Removed from the layers below. */
  readonly whiteouts: readonly string[];
  /** Folders that hide what the layers below have in them. */
  readonly opaque: readonly string[];
  /** Folders that the archive does not name: what the layers below say of them holds. */
  readonly implicit: readonly string[];
  /** Hard links to files of the layers below. */
  readonly links: readonly HardLink[];
  /** What could not be unpacked as it is, in words for people. */
  readonly notes: readonly string[];
  /** Files with setuid or setgid: others on this machine must not reach them. */
  readonly hasSetuid: boolean;
}

export interface HardLink {
  readonly path: string;
  readonly target: string;
}

interface LinkTarget {
  readonly path: string;
  /** undefined: its folder is not here. */
  readonly absolute: string | undefined;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const MAX_NOTES = 20;
/** Held in memory while others are written. */
const SMALL_BYTES = 128 * 1024;
/** Each takes a process to make. */
const MAX_FIFOS = 64;
const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/** The folder that a layer is unpacked into. Later entries replace earlier ones; nothing leaves the root. */
export class LayerTree {
  readonly #root: string;
  readonly #rights: Rights;
  readonly #folders: FolderAttributes;
  readonly #implicit = new Set<string>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  readonly #links = new Map<string, HardLink>();
  readonly #notes = new Set<string>();
  readonly #writes = new Writes();
  #hasSetuid = false;
  #fifos = 0;
  /** Archives go folder by folder. */
  #latest: { readonly path: string; readonly absolute: string } | undefined;

  constructor(root: string, rights: Rights) {
    this.#root = root;
    this.#rights = rights;
    this.#folders = new FolderAttributes(root, rights);
    this.#folders.set(root, DEFAULT_ATTRIBUTES);
    this.#implicit.add("");
  }

  async add(entry: TarEntry): Promise<void> {
    const path = cleanPath(entry.name);
    const name = basename(path);
    const folder = path.includes("/") ? dirname(path) : "";
    if (name.startsWith(WHITEOUT)) return this.#mark(folder, name, entry.name);
    if (path === "") return this.#describeRoot(entry);
    if (entry.type === "char-device" || entry.type === "block-device") return this.#skipDevice(path);
    if (entry.type === "unknown") return this.#note(`${path}: an entry of unknown type is left out`);
    for (const xattr of entry.xattrs) this.#noteXattr(path, xattr);
    if (this.#latest?.path !== folder) await this.#writes.flush(); // what is to be a folder may be a file that is being made
    await this.#make(join(this.#folder(folder), name), entry);
  }

  /** Waits for what is being written. */
  settle(): Promise<void> {
    return this.#writes.settle();
  }

  /** After the last entry. Rejects with what went wrong on the way. */
  async finish(): Promise<LayerMarks> {
    await this.#writes.flush();
    this.#folders.apply();
    const { isRoot } = this.#rights;
    const hasSetuid = this.#hasSetuid && isRoot;
    const links = [...this.#links.values()];
    const [whiteouts, opaque, implicit, notes] = [this.#whiteouts, this.#opaque, this.#implicit, this.#notes].map((set) => [...set]);
    return { whiteouts: whiteouts ?? [], opaque: opaque ?? [], implicit: implicit ?? [], notes: notes ?? [], links, hasSetuid };
  }

  /** Whiteouts speak of the layers below, so they do not touch what this layer holds, before or after them. */
  #mark(folder: string, name: string, full: string): void {
    const found = this.#find(folder);
    if (name === OPAQUE) return void this.#opaque.add(found);
    if (name.startsWith(".wh..wh.")) return; // bookkeeping of old drivers
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === "" || hidden === "." || hidden === "..") throw new LayerError(`the layer removes what it cannot name: ${full}`);
    this.#whiteouts.add(found === "" ? hidden : `${found}/${hidden}`);
  }

  /** The folder's path with links resolved as far as it is there. */
  #find(folder: string): string {
    const found = findFolder(this.#root, folder);
    return found === undefined ? folder : relative(this.#root, found);
  }

  #describeRoot(entry: TarEntry): void {
    if (entry.type !== "directory") throw new LayerError("the layer replaces the root of the image");
    this.#implicit.delete("");
    this.#folders.set(this.#root, entry);
  }

  async #make(target: string, entry: TarEntry): Promise<void> {
    if (entry.type !== "file" || this.#writes.has(target)) await this.#writes.flush();
    const existing = statOf(target);
    if (entry.type === "directory" && existing?.isDirectory() === true) return this.#describe(target, entry);
    const link = entry.type === "link" ? this.#linkTarget(entry) : undefined;
    if (link !== undefined && link.absolute === target) return;
    if (existing !== undefined) this.#remove(target);
    this.#links.delete(this.#relative(target));
    switch (entry.type) {
      case "directory":
        mkdirSync(target, { mode: 0o700 });
        return this.#describe(target, entry);
      case "symlink":
        this.#latest = undefined;
        return makeSymlink(target, entry, this.#rights);
      case "link":
        return this.#link(target, link);
      case "fifo":
        return this.#makeFifo(target, entry);
      default:
        return this.#write(target, entry);
    }
  }

  #describe(target: string, entry: TarEntry): void {
    this.#implicit.delete(this.#relative(target));
    this.#folders.set(target, entry);
  }

  #remove(target: string): void {
    this.#latest = undefined;
    remove(target);
  }

  /** Most of the time of an unpack goes into making files: several are made at once, while the archive is read on. */
  async #write(target: string, entry: TarEntry): Promise<void> {
    if ((entry.mode & 0o6000) !== 0) this.#hasSetuid = true;
    if (entry.extents !== undefined || entry.size > SMALL_BYTES) {
      const file = await openNew(target);
      return closing(file, () => fill(file, entry, this.#rights));
    }
    const content: Buffer[] = [];
    for await (const piece of entry.content) content.push(piece);
    await this.#writes.add(target, async () => {
      const file = await openNew(target);
      await closing(file, () => fill(file, { ...entry, content: iterable(content) }, this.#rights));
    });
  }

  #linkTarget({ linkName }: TarEntry): LinkTarget {
    const path = cleanPath(linkName);
    const folder = findFolder(this.#root, path.includes("/") ? dirname(path) : "");
    return { path, absolute: folder === undefined ? undefined : join(folder, basename(path)) };
  }

  /** A file that is not here may be one of the layers below. */
  #link(target: string, link: LinkTarget | undefined): void {
    if (link === undefined) return;
    if (link.absolute !== undefined && statOf(link.absolute) !== undefined) return hardLink(link.absolute, target, this.#rights);
    const path = this.#relative(target);
    this.#links.set(path, { path, target: link.path });
  }

  async #makeFifo(target: string, entry: TarEntry): Promise<void> {
    this.#fifos += 1;
    if (this.#fifos > MAX_FIFOS) return this.#note(`${this.#relative(target)}: more than ${MAX_FIFOS} named pipes are not made`);
    await promisify(execFile)("mkfifo", ["-m", (entry.mode & 0o777).toString(8), target]);
    setLinkAttributes(target, entry, this.#rights);
  }

  /** Made when missing. */
  #folder(path: string): string {
    if (this.#latest?.path === path) return this.#latest.absolute;
    const make = (absolute: string) => {
      mkdirSync(absolute, { mode: 0o700 });
      this.#implicit.add(this.#relative(absolute));
      this.#folders.set(absolute, DEFAULT_ATTRIBUTES);
    };
    const absolute = findFolder(this.#root, path, make) ?? this.#root;
    this.#latest = { path, absolute };
    return absolute;
  }

  #relative(absolute: string): string {
    return relative(this.#root, absolute);
  }

  /** Containers get a /dev of their own; what images have there is never seen. */
  #skipDevice(path: string): void {
    if (!path.startsWith("dev/")) this.#note(`${path}: a device of an image is not made`);
  }

  /** Without its capabilities a program still runs, but may not do what it is for. */
  #noteXattr(path: string, xattr: string): void {
    if (xattr === "security.capability") this.#note(`${path}: its file capabilities are dropped`);
  }

  #note(text: string): void {
    if (this.#notes.size < MAX_NOTES) this.#notes.add(text);
  }
}

/** Opening is what takes long, so it does not hold the thread up. */
function openNew(path: string): Promise<number> {
  return promisify(open)(path, NEW_FILE, 0o600);
}

async function closing(file: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    closeSync(file);
  }
}

async function fill(file: number, entry: TarEntry, { isRoot }: Rights): Promise<void> {
  await writeContent(file, entry);
  if (isRoot) fchownSync(file, entry.uid, entry.gid);
  fchmodSync(file, isRoot ? entry.mode : entry.mode | 0o400);
  futimesSync(file, entry.mtime, entry.mtime);
}

async function* iterable<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function writeContent(file: number, { content, extents, size }: TarEntry): Promise<void> {
  if (extents === undefined) {
    for await (const piece of content) writeWhole(file, piece);
    return;
  }
  ftruncateSync(file, size);
  const places = extents.values();
  let place = places.next().value ?? { offset: 0, length: 0 };
  for await (const piece of content) {
    for (let rest = piece; rest.length > 0;) {
      while (place.length === 0) place = places.next().value ?? { offset: size, length: Infinity };
      const part = rest.subarray(0, place.length);
      writeWhole(file, part, place.offset);
      rest = rest.subarray(part.length);
      place = { offset: place.offset + part.length, length: place.length - part.length };
    }
  }
}

function writeWhole(file: number, bytes: Buffer, position?: number): void {
  for (let at = 0; at < bytes.length;) {
    at += writeSync(file, bytes, at, bytes.length - at, position === undefined ? null : position + at);
  }
}

function makeSymlink(target: string, entry: TarEntry, rights: Rights): void {
  if (entry.linkName === "") throw new LayerError(`the layer holds a link to nothing: ${entry.name}`);
  symlinkSync(entry.linkName, target);
  setLinkAttributes(target, entry, rights);
}

/** Another name of one file. What cannot be linked once more is copied. Throws LayerError for a folder. */
export function hardLink(existing: string, path: string, rights: Rights): void {
  const stats = statOf(existing);
  if (stats === undefined || stats.isDirectory()) throw new LayerError(`a hard link to ${basename(existing)}, which is not a file`);
  if (stats.isSymbolicLink()) {
    // Not every system can give a link a second name.
    symlinkSync(readlinkSync(existing), path);
    return setLinkAttributes(path, { ...stats, mtime: stats.mtimeMs / 1000 }, rights);
  }
  try {
    linkSync(existing, path);
  } catch (error) {
    if (!["EMLINK", "EPERM", "EXDEV", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "") || !stats.isFile()) throw error;
    copyFileSync(existing, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    setCopied(path, stats, rights);
  }
}

function setCopied(path: string, stats: { mode: number; uid: number; gid: number; mtimeMs: number }, rights: Rights): void {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (rights.isRoot) fchownSync(file, stats.uid, stats.gid);
    fchmodSync(file, stats.mode & 0o7777);
    futimesSync(file, stats.mtimeMs / 1000, stats.mtimeMs / 1000);
  } finally {
    closeSync(file);
  }
}
