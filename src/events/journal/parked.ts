import type { Failure, Offset, ParkedId } from "./contract.ts";
import type { Place } from "./frame.ts";
import { RangeSet, type Range } from "./range-set.ts";
import type { ParkedCopyRecord, ParkedRecord } from "./records.ts";

/** Items parked together for one reason. Millions may be parked, so a group costs by its ranges and not by its items. */
export interface ParkedGroup {
  readonly firstId: ParkedId;
  readonly cursor: number;
  readonly atMs: number;
  readonly attempts: number;
  readonly failure: Failure;
  readonly editOf: ParkedId | undefined;
  readonly offsets: readonly Range[];
  readonly count: number;
  /** Ids that are resolved. */
  readonly resolved: RangeSet;
}

export interface ParkedEntry {
  readonly id: ParkedId;
  readonly offset: Offset;
  readonly group: ParkedGroup;
}

export interface ParkedCopy {
  readonly place: Place;
  readonly receivedAtMs: number;
}

export interface ParkedNote {
  readonly redrives: number;
  readonly failure: Failure;
}

/** The parked items of all cursors: ids count up, so groups are in the order in which they were parked. */
export class ParkedItems {
  /** By `firstId`. */
  readonly groups: ParkedGroup[] = [];
  /** Items whose event stands in a frame of their own. */
  readonly copies = new Map<ParkedId, ParkedCopy>();
  readonly notes = new Map<ParkedId, ParkedNote>();
  readonly #counts = new Map<number, number>();
  nextId: ParkedId = 1;

  count(cursor: number): number {
    return this.#counts.get(cursor) ?? 0;
  }

  park(record: ParkedRecord): void {
    this.restore(groupOf(record, undefined));
  }

  /** An edited copy is a new item; any other copy says where an item's event is now. */
  copy(record: ParkedCopyRecord, place: Place): void {
    const original = this.find(record.editOf ?? record.id);
    if (original === undefined) return;
    if (record.editOf !== undefined) {
      const { cursor, attempts, failure } = original.group;
      const offsets = [[original.offset, original.offset + 1]] as const;
      const { id: firstId, atMs } = record;
      this.restore(groupOf({ type: "parked", firstId, cursor, atMs, attempts, failure, offsets }, record.editOf));
    }
    this.copies.set(record.id, { place, receivedAtMs: record.receivedAtMs });
  }

  /** Adds a group as it was, with what is resolved of it. */
  restore(group: ParkedGroup): void {
    this.groups.push(group);
    this.nextId = Math.max(this.nextId, group.firstId + group.count);
    this.#countOn(group.cursor, group.count - group.resolved.size);
  }

  note(id: ParkedId, failure: Failure): void {
    if (this.find(id) !== undefined) this.notes.set(id, { redrives: (this.notes.get(id)?.redrives ?? 0) + 1, failure });
  }

  resolve(from: ParkedId, to: ParkedId): void {
    for (let index = this.#groupIndex(from); index < this.groups.length; index++) {
      const group = this.groups[index];
      if (group === undefined || group.firstId >= to) break;
      const gone = group.resolved.add(Math.max(from, group.firstId), Math.min(to, group.firstId + group.count));
      this.#countOn(group.cursor, -gone);
      if (group.resolved.size === group.count) this.groups.splice(index--, 1);
    }
    this.#forget(from, to);
  }

  purge(cursor: number): void {
    for (const group of this.groups.filter((one) => one.cursor === cursor)) this.resolve(group.firstId, group.firstId + group.count);
  }

  find(id: ParkedId): ParkedEntry | undefined {
    const group = this.groups[this.#groupIndex(id)];
    if (group === undefined || id < group.firstId || id >= group.firstId + group.count || group.resolved.has(id)) return undefined;
    let index = id - group.firstId;
    for (const [from, to] of group.offsets) {
      if (index < to - from) return { id, offset: from + index, group };
      index -= to - from;
    }
    return undefined;
  }

  /** Items with an id above `after` whose group is wanted, oldest first. */
  *entries(after: ParkedId, wanted: (group: ParkedGroup) => boolean): IterableIterator<ParkedEntry> {
    for (let index = this.#groupIndex(after); index < this.groups.length; index++) {
      const group = this.groups[index];
      if (group === undefined || !wanted(group)) continue;
      let id = group.firstId;
      for (const [from, to] of group.offsets) {
        for (let offset = from; offset < to; offset++, id++) if (id > after && !group.resolved.has(id)) yield { id, offset, group };
      }
    }
  }

  /** The last group that begins at or before `id`, or 0. */
  #groupIndex(id: ParkedId): number {
    let low = 0;
    let high = this.groups.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.groups[middle]?.firstId ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #countOn(cursor: number, by: number): void {
    const count = this.count(cursor) + by;
    if (count === 0) this.#counts.delete(cursor);
    else this.#counts.set(cursor, count);
  }

  #forget(from: ParkedId, to: ParkedId): void {
    for (const map of [this.copies, this.notes]) {
      if (to - from < map.size) for (let id = from; id < to; id++) map.delete(id);
      else for (const id of map.keys()) if (id >= from && id < to) map.delete(id);
    }
  }
}

function groupOf(record: ParkedRecord, editOf: ParkedId | undefined): ParkedGroup {
  const { firstId, cursor, atMs, attempts, failure, offsets } = record;
  const count = offsets.reduce((sum, [from, to]) => sum + to - from, 0);
  return { firstId, cursor, atMs, attempts, failure, editOf, offsets, count, resolved: new RangeSet() };
}
