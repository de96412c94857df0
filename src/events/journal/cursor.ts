import type { CursorDescription, Offset } from "./contract.ts";
import { RangeSet } from "./range-set.ts";

export interface AttemptState {
  readonly attempts: number;
  readonly nextAtMs: number | undefined;
}

export interface CursorIdentity {
  /** Given once, never again. */
  readonly number: number;
  readonly stream: number;
  readonly reader: string;
}

export interface CursorSettings {
  readonly until: Offset | undefined;
  readonly backlogLimit: number;
  readonly description: CursorDescription;
}

/** How far one reader is with a stream. */
export class Cursor {
  readonly identity: CursorIdentity;
  settings: CursorSettings;
  /** Kept only because parked items still speak of it. */
  removed = false;
  readonly attempts = new Map<Offset, AttemptState>();
  readonly #settled = new RangeSet();
  #floor: Offset;

  constructor(identity: CursorIdentity, settings: CursorSettings, floor: Offset) {
    this.identity = identity;
    this.settings = settings;
    this.#floor = floor;
  }

  /** Everything below is settled. */
  get floor(): Offset {
    return this.#floor;
  }

  /** Settled offsets above the floor. */
  get settled(): RangeSet {
    return this.#settled;
  }

  isSettled(offset: Offset): boolean {
    return offset < this.#floor || this.#settled.has(offset);
  }

  nextUnsettled(from: Offset): Offset {
    return this.#settled.firstMissing(Math.max(from, this.#floor));
  }

  settle(from: Offset, to: Offset = from + 1): void {
    if (to <= this.#floor) return;
    this.#settled.add(Math.max(from, this.#floor), to);
    this.#floor = this.#settled.firstMissing(this.#floor);
    this.#settled.dropBelow(this.#floor);
    if (this.attempts.size === 0) return;
    if (to - from === 1) this.attempts.delete(from);
    else for (const offset of this.attempts.keys()) if (offset >= from && offset < to) this.attempts.delete(offset);
  }

  /** Events before `head` that are not settled. */
  backlog(head: Offset): number {
    const end = Math.min(head, this.settings.until ?? head);
    return Math.max(0, end - this.#floor - this.#settled.size);
  }

  /** At most `maxInFlight` events between the floor and the result are unsettled. */
  readableUntil(maxInFlight: number): Offset {
    let room = maxInFlight;
    let at = this.#floor;
    for (const [start, end] of this.#settled.ranges()) {
      if (start - at >= room) return at + room;
      room -= start - at;
      at = end;
    }
    return at + room;
  }
}
