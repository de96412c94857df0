import { readdir, lstat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "../../../../std/clock.ts";

export interface DiskGuardOptions {
  readonly clock: Clock;
  /** A folder on the disk to watch. */
  readonly folder: string;
  /** Bytes that should stay free; below that whoever wrote most has to go. */
  readonly reserveBytes?: number;
}

export interface Watched {
  /** What the container itself writes is below. */
  readonly folder: string;
  /** Bytes it may write; undefined: what the disk has. */
  readonly limitBytes: number | undefined;
  /** Ends it. */
  readonly evict: () => void;
}

const LOOK_MS = 1000;
/** Limits are looked at less often: that reads every folder. */
const LIMITS_EVERY = 10;
const RESERVE_SHARE = 0.05;
const MAX_RESERVE_BYTES = 4 * 1024 ** 3;
/** Nobody goes for less than this, however full the disk is. */
const MIN_BYTES = 64 * 1024 ** 2;

/**
 * Ends containers that write more than they may, or most when the disk is nearly full. File systems have no limits by folder,
 * so this looks now and then.
 */
export class DiskGuard implements Disposable {
  readonly #options: DiskGuardOptions;
  readonly #watched = new Set<Watched>();
  #timer: Timer | undefined;
  #looks = 0;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
  }

  /** Until disposed. */
  watch(watched: Watched): Disposable {
    this.#watched.add(watched);
    if (this.#timer === undefined) this.#schedule();
    return { [Symbol.dispose]: () => void this.#watched.delete(watched) };
  }

  [Symbol.dispose](): void {
    this.#watched.clear();
    this.#timer?.[Symbol.dispose]();
  }

  #schedule(): void {
    this.#timer = undefined;
    if (this.#watched.size === 0) return;
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => void this.#look().finally(() => this.#schedule()));
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    this.#looks += 1;
    if (await this.#isFull()) return this.#evictLargest();
    if (this.#looks % LIMITS_EVERY !== 0) return;
    for (const watched of this.#watched) {
      const { limitBytes, folder, evict } = watched;
      if (limitBytes === undefined || (await bytesBelow(folder)) <= limitBytes) continue;
      if (this.#watched.delete(watched)) evict();
    }
  }

  async #isFull(): Promise<boolean> {
    const disk = await statfs(this.#options.folder).catch(() => undefined);
    if (disk === undefined) return false;
    const reserve = this.#options.reserveBytes ?? Math.min(MAX_RESERVE_BYTES, disk.blocks * disk.bsize * RESERVE_SHARE);
    return disk.bavail * disk.bsize < reserve;
  }

  async #evictLargest(): Promise<void> {
    const sizes = await Promise.all([...this.#watched].map(async (watched) => ({ watched, bytes: await bytesBelow(watched.folder) })));
    const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
    if (largest !== undefined && largest.bytes >= MIN_BYTES && this.#watched.delete(largest.watched)) largest.watched.evict();
  }
}

/** Bytes on the disk: a sparse file counts what it holds. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else bytes += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  return bytes;
}
