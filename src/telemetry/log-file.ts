import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface RotationLimits {
  /** A file that is larger is moved aside. */
  readonly maxBytes: number;
  /** Older files that are kept: `FILE.1` is the youngest of them. */
  readonly keep: number;
}

export const DEFAULT_ROTATION: RotationLimits = { maxBytes: 10 * 1024 * 1024, keep: 3 };

/** A writer looks at the file again after this share of `maxBytes` of its own: by so much each may exceed the limit. */
const LOOKS_PER_FILE = 16;

/**
 * Appends to a file that is rotated by size. Writes are synchronous: lines are few, and the last one before a crash matters.
 *
 * - I1 several threads may write to one file: whoever finds it full moves it aside, the others see that it is another one
 *   and follow.
 * - I2 a disk that is full or gone loses lines, and never ends the process.
 */
export class LogFile {
  readonly #path: string;
  readonly #limits: RotationLimits;
  #file: number | undefined;
  #unseen = Infinity;

  constructor(path: string, limits: RotationLimits = DEFAULT_ROTATION) {
    this.#path = path;
    this.#limits = limits;
  }

  write(line: string): void {
    try {
      if (this.#unseen >= this.#limits.maxBytes / LOOKS_PER_FILE) this.#look();
      this.#file ??= this.#open();
      this.#unseen += writeSync(this.#file, line);
    } catch {
      // I2
    }
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    return openSync(this.#path, "a", 0o600);
  }

  #look(): void {
    this.#unseen = 0;
    const file = statSync(this.#path, { throwIfNoEntry: false });
    const isFull = file !== undefined && file.size >= this.#limits.maxBytes;
    if (isFull) moveAside(this.#path, this.#limits.keep);
    if (this.#file === undefined || (!isFull && file?.ino === fstatSync(this.#file).ino)) return;
    closeSync(this.#file); // I1: the next write opens it
    this.#file = undefined;
  }
}

function moveAside(path: string, keep: number): void {
  for (let age = keep; age > 0; age--) {
    const from = age === 1 ? path : `${path}.${age - 1}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${age}`);
  }
}
