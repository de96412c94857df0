import type { JournalDisk, JournalFile, SyncReason } from "../events/journal/disk.ts";
import type { Random } from "../std/random.ts";

/** One kind of sync, to be left out: `turn`, `turn folder`, `boot` ... */
export type SyncName = SyncReason | `${SyncReason} folder`;

export interface DiskCall {
  readonly op: "create" | "open" | "read" | "write" | "truncate" | "sync" | "syncFolder" | "rename" | "remove";
  readonly path: string;
  readonly reason?: SyncReason;
}

export interface TornDiskOptions {
  /** Runs before each call takes effect; may throw in its place: a power cut, or a system error. */
  readonly onCall?: (call: DiskCall) => void;
  /** These syncs do nothing. */
  readonly skip?: SyncName | ((sync: SyncName) => boolean);
}

/** Smaller than a real sector, so that small frames tear, too. */
const SECTOR = 64;

/**
 * A disk in memory that knows what is on its platter: of everything written since a file's last sync each sector may survive a
 * power cut or not, and so may each change of a name since its folder's. A sync that fails forgets what it should have written, as
 * Linux does: the next one succeeds and still has not written it.
 */
export class TornDisk implements JournalDisk {
  readonly #options: TornDiskOptions;
  readonly #names = new Map<string, Content>();
  readonly #durableNames = new Map<string, Content>();
  #locked = false;
  /** For tests of a disk that fills up. */
  free = Infinity;

  constructor(options: TornDiskOptions = {}) {
    this.#options = options;
  }

  makeFolder(): void {}

  list(folder: string): readonly string[] {
    return [...this.#names.keys()]
      .filter((path) => folderOf(path) === folder)
      .map((path) => path.slice(folder.length + 1))
      .toSorted();
  }

  create(path: string, length: number): JournalFile {
    this.#call({ op: "create", path });
    if (this.#names.has(path)) throw systemError("EEXIST", "open");
    const content = new Content();
    content.resize(length);
    this.#names.set(path, content);
    return this.#file(path, content);
  }

  open(path: string): JournalFile | undefined {
    this.#call({ op: "open", path });
    const content = this.#names.get(path);
    return content === undefined ? undefined : this.#file(path, content);
  }

  rename(from: string, to: string): void {
    this.#call({ op: "rename", path: to });
    const content = this.#names.get(from);
    if (content === undefined) throw systemError("ENOENT", "rename");
    this.#names.delete(from);
    this.#names.set(to, content);
  }

  remove(path: string): void {
    this.#call({ op: "remove", path });
    this.#names.delete(path);
  }

  syncFolder(folder: string, reason: SyncReason): void {
    this.#call({ op: "syncFolder", path: folder, reason });
    if (this.#skips(`${reason} folder`)) return;
    for (const path of this.#durableNames.keys()) if (folderOf(path) === folder && !this.#names.has(path)) this.#durableNames.delete(path);
    for (const [path, content] of this.#names) if (folderOf(path) === folder) this.#durableNames.set(path, content);
  }

  freeBytes(): number {
    return this.free;
  }

  lock(): Disposable | undefined {
    if (this.#locked) return undefined;
    this.#locked = true;
    return { [Symbol.dispose]: () => void (this.#locked = false) };
  }

  /** A disk as a power cut now could leave this one. */
  cut(random: Random, options: TornDiskOptions = this.#options): TornDisk {
    const next = new TornDisk(options);
    for (const path of new Set([...this.#durableNames.keys(), ...this.#names.keys()])) {
      const content = (random() < 0.5 ? this.#names : this.#durableNames).get(path);
      if (content === undefined) continue;
      const torn = content.torn(random);
      next.#names.set(path, torn);
      next.#durableNames.set(path, torn);
    }
    return next;
  }

  /** Damages a file for good: `change` gets what is there. */
  damage(path: string, change: (bytes: Buffer) => void): void {
    this.#names.get(path)?.damage(change);
  }

  #file(path: string, content: Content): JournalFile {
    const call = (op: DiskCall["op"], reason?: SyncReason) => this.#call({ op, path, ...(reason === undefined ? {} : { reason }) });
    return {
      get size() {
        return content.visible.length;
      },
      read: (position, length) => {
        call("read");
        return Uint8Array.from(content.visible.subarray(position, position + length));
      },
      write: (position, chunks) => {
        call("write");
        content.write(position, chunks);
      },
      truncate: (length) => {
        call("truncate");
        content.resize(length);
      },
      sync: (reason) => {
        try {
          call("sync", reason);
        } catch (error) {
          content.forgetUnsynced();
          throw error;
        }
        if (!this.#skips(reason)) content.sync();
      },
      [Symbol.dispose]() {},
    };
  }

  #skips(sync: SyncName): boolean {
    const { skip } = this.#options;
    return typeof skip === "function" ? skip(sync) : skip === sync;
  }

  #call(call: DiskCall): void {
    this.#options.onCall?.(call);
  }
}

/** An error as Node's file system has it. */
export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${syscall}`), { code, syscall });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** A file's bytes, as programs see them and as they are on the platter. */
class Content {
  visible: Buffer = Buffer.alloc(0);
  #platter: Buffer = Buffer.alloc(0);
  #unsynced: { readonly from: number; readonly to: number }[] = [];

  write(position: number, chunks: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(chunks);
    const end = position + bytes.length;
    if (end > this.visible.length) this.resize(end);
    bytes.copy(this.visible, position);
    this.#unsynced.push({ from: position, to: end });
  }

  resize(length: number): void {
    const resized = Buffer.alloc(length);
    this.visible.copy(resized);
    this.visible = resized;
  }

  sync(): void {
    this.#platter = resizedTo(this.#platter, this.visible.length);
    for (const { from, to } of this.#unsynced.splice(0)) this.visible.copy(this.#platter, from, from, to);
  }

  forgetUnsynced(): void {
    this.#unsynced = [];
  }

  torn(random: Random): Content {
    const style = random();
    const survival = style < 0.2 ? 1 : style < 0.4 ? 0 : random();
    const length = random() < survival ? this.visible.length : this.#platter.length;
    const bytes = resizedTo(this.#platter, length);
    for (const { from, to } of this.#unsynced) {
      // In order up to some point, or each sector on its own.
      const lastInOrder = style < 0.7 ? from + Math.floor((to - from) * survival) : undefined;
      for (let at = from - (from % SECTOR); at < to; at += SECTOR) {
        const survives = lastInOrder === undefined ? random() < survival : at < lastInOrder || survival === 1;
        if (survives) this.visible.copy(bytes, Math.max(at, from), Math.max(at, from), Math.min(at + SECTOR, to, length));
      }
    }
    const torn = new Content();
    torn.visible = bytes;
    torn.#platter = Buffer.from(bytes);
    return torn;
  }

  damage(change: (bytes: Buffer) => void): void {
    for (const bytes of [this.visible, this.#platter]) change(bytes);
  }
}

function resizedTo(bytes: Buffer, length: number): Buffer {
  const resized = Buffer.alloc(length);
  bytes.copy(resized);
  return resized;
}
