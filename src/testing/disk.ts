import type { Disk } from "../std/disk.ts";

/** A disk in memory with two states, what programs see and what a power cut would leave. */
export class SimulatedDisk implements Disk {
  readonly #visible = new Map<string, Uint8Array>();
  /** What names what on the platter. */
  readonly #names = new Map<string, Uint8Array>();
  /** Contents that were synced, by the identity of their bytes. */
  readonly #synced = new WeakSet<Uint8Array>();
  /** Syncs to leave out, for mutation tests: 0 is the first call. */
  readonly #skippedSyncs: ReadonlySet<number>;
  #syncs = 0;

  constructor(skippedSyncs: readonly number[] = []) {
    this.#skippedSyncs = new Set(skippedSyncs);
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#visible.get(path));
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    this.#visible.set(path, Uint8Array.from(bytes));
    return Promise.resolve();
  }

  sync(path: string): Promise<void> {
    const bytes = this.#visible.get(path);
    if (bytes !== undefined && this.#counts()) this.#synced.add(bytes);
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    const bytes = this.#visible.get(from);
    if (bytes === undefined) return Promise.reject(new Error(`no such file: ${from}`));
    this.#visible.delete(from);
    this.#visible.set(to, bytes);
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.#visible.delete(path);
    return Promise.resolve();
  }

  syncFolder(path: string): Promise<void> {
    if (!this.#counts()) return Promise.resolve();
    const inside = (file: string) => file.slice(0, file.lastIndexOf("/")) === path;
    for (const file of this.#names.keys()) if (inside(file) && !this.#visible.has(file)) this.#names.delete(file);
    for (const [file, bytes] of this.#visible) if (inside(file)) this.#names.set(file, bytes);
    return Promise.resolve();
  }

  list(path: string): Promise<readonly string[]> {
    const files = [...this.#visible.keys()].filter((file) => file.slice(0, file.lastIndexOf("/")) === path);
    return Promise.resolve(files.map((file) => file.slice(path.length + 1)).toSorted());
  }

  /** The disk after a power cut: unsynced names are gone, unsynced contents are torn to half. */
  afterPowerCut(): SimulatedDisk {
    const next = new SimulatedDisk();
    for (const [file, bytes] of this.#names) {
      const left = this.#synced.has(bytes) ? bytes : bytes.subarray(0, bytes.length >> 1);
      next.#visible.set(file, left);
      next.#names.set(file, left);
      next.#synced.add(left);
    }
    return next;
  }

  #counts(): boolean {
    const index = this.#syncs++;
    return !this.#skippedSyncs.has(index);
  }
}
