import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../../std/random.ts";
import type { StoreDisk, SyncReason } from "./disk.ts";

/** One kind of sync, to be left out: `turn`, `boot`, `boot folder` ... */
export type SyncName = SyncReason | `${SyncReason} folder`;

const SECTOR = 512;

/**
 * Bytes of the WAL's header. When SQLite starts the WAL again from its beginning, it writes a header with new salts and, with
 * synchronous=NORMAL, syncs it before the first frame: a new frame never stands behind an old header.
 */
const WAL_HEADER = 32;

/** Inode and generation. */
type FileId = `${number}/${number}`;

function inodeOf(id: FileId): number {
  return Number.parseInt(id, 10);
}

/**
 * A disk that remembers what has been synced, so that it can show the folder as a power cut would leave it: synced bytes are
 * there; of everything written since, each sector may be there or not; a name that no folder sync has covered may be missing.
 * Syncs that SQLite makes on its own do not count, which is harsher than the world; with one exception, see WAL_HEADER. For tests.
 */
export class PowerCutDisk implements StoreDisk {
  readonly #folder: string;
  readonly #skip: SyncName | undefined;
  readonly #onSync: () => void;
  /** What the platter holds: contents by file, files by name. */
  readonly #contents = new Map<FileId, Buffer>();
  #names = new Map<string, FileId>();
  /** How often an inode has been freed; the next file may get its number. */
  readonly #generations = new Map<number, number>();

  /** What `folder` holds already counts as synced. `onSync` runs before each sync takes effect. */
  constructor(folder: string, onSync: () => void, skip?: SyncName) {
    this.#folder = folder;
    this.#onSync = onSync;
    this.#skip = skip;
    mkdirSync(folder, { recursive: true });
    this.#names = this.#current();
    for (const [name, id] of this.#names) this.#contents.set(id, readFileSync(join(folder, name)));
  }

  sync(path: string, reason: SyncReason): void {
    this.#onSync();
    if (reason !== this.#skip) this.#contents.set(this.#id(path), readFileSync(path));
  }

  syncFolder(_folder: string, reason: SyncReason): void {
    this.#onSync();
    if (`${reason} folder` !== this.#skip) this.#names = this.#current();
  }

  /** Writes what a power cut now could leave into the new folder `target`. */
  cut(target: string, random: Random): void {
    mkdirSync(target, { mode: 0o700 });
    const current = this.#current();
    for (const name of new Set([...this.#names.keys(), ...current.keys()])) {
      const id = (random() < 0.5 ? current : this.#names).get(name);
      if (id === undefined) continue;
      const synced = this.#contents.get(id) ?? Buffer.alloc(0);
      const written = current.get(name) === id ? readFileSync(join(this.#folder, name)) : synced;
      writeFileSync(join(target, name), name.endsWith("-wal") ? tearWal(synced, written, random) : tear(synced, written, random));
    }
  }

  /** To be called when the program may have removed files, before it makes new ones. */
  noteRemoved(): void {
    const present = new Set([...this.#current().values()].map(inodeOf));
    for (const inode of new Set([...this.#contents.keys()].map(inodeOf))) {
      if (!present.has(inode)) this.#generations.set(inode, (this.#generations.get(inode) ?? 0) + 1);
    }
  }

  [Symbol.dispose](): void {}

  #current(): Map<string, FileId> {
    const names = readdirSync(this.#folder).filter((name) => !name.startsWith("store.lock"));
    return new Map(names.map((name) => [name, this.#id(join(this.#folder, name))]));
  }

  #id(path: string): FileId {
    const inode = statSync(path).ino;
    return `${inode}/${this.#generations.get(inode) ?? 0}`;
  }
}

function tearWal(synced: Buffer, written: Buffer, random: Random): Buffer {
  const restarted = synced.length > 0 && synced.compare(written, 0, WAL_HEADER, 0, WAL_HEADER) !== 0;
  if (!restarted) return tear(synced, written, random);
  if (random() < 0.2) return synced;
  const torn = tear(synced, written, random);
  written.copy(torn, 0, 0, WAL_HEADER);
  return torn;
}

/** `synced` with some of what `written` would have made of it. */
function tear(synced: Buffer, written: Buffer, random: Random): Buffer {
  const style = random();
  if (style < 0.15) return written;
  if (style < 0.3) return synced;
  const grown = Math.max(0, written.length - synced.length);
  const torn = Buffer.alloc(synced.length + Math.floor(random() * (grown + 1)));
  synced.copy(torn);
  if (style < 0.65) {
    written.copy(torn, 0, 0, Math.floor(random() * (torn.length + 1)));
    return torn;
  }
  const survival = random();
  for (let at = 0; at < torn.length; at += SECTOR) if (random() < survival) written.copy(torn, at, at, at + SECTOR);
  return torn;
}
