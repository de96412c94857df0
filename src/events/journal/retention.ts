/** Which segments may go. Pure. */
import type { JournalLimits } from "./contract.ts";
import type { ParkedGroup } from "./parked.ts";
import type { JournalState, SegmentInfo } from "./state.ts";

export interface RetentionInput {
  readonly state: JournalState;
  readonly limits: Pick<JournalLimits, "retentionMs" | "retentionBytes">;
  readonly nowMs: number;
}

/**
 * Segments that no cursor needs and that are old or too much, oldest first. A stream loses its events from the oldest on, so a
 * segment stays when an older one with events of the same stream does. Parked items are not asked here.
 */
export function unneededSegments({ state, limits, nowMs }: RetentionInput): SegmentInfo[] {
  const unneeded: SegmentInfo[] = [];
  const keptStreams = new Set<number>();
  let bytes = totalBytes(state);
  for (const info of state.segments.values()) {
    const streams = [...info.streams.keys()].filter((stream) => state.streams.get(stream)?.removed === false);
    const isDue = bytes > limits.retentionBytes || nowMs - info.lastAtMs > limits.retentionMs;
    const isKept =
      !isDue || info.quarantine?.released === false || streams.some((one) => keptStreams.has(one) || isNeeded(state, info, one));
    if (isKept) for (const stream of streams) keptStreams.add(stream);
    else {
      unneeded.push(info);
      bytes -= info.end;
    }
  }
  return unneeded;
}

export function totalBytes(state: JournalState): number {
  let bytes = 0;
  for (const { end } of state.segments.values()) bytes += end;
  return bytes;
}

/** J6. */
function isNeeded(state: JournalState, info: SegmentInfo, stream: number): boolean {
  const range = info.streams.get(stream);
  if (range === undefined) return false;
  return state.cursorsOf(stream).some((cursor) => cursor.nextUnsettled(range.from) < Math.min(range.to, cursor.settings.until ?? range.to));
}

/** Ids of parked items whose event is in a segment, oldest first. */
export function parkedIn(state: JournalState, info: SegmentInfo): number[] {
  const ids: number[] = [];
  for (const [id, { place }] of state.parked.copies) if (place.segment === info.segment) ids.push(id);
  for (const group of state.parked.groups) {
    const range = info.streams.get(state.cursors.get(group.cursor)?.identity.stream ?? 0);
    if (range === undefined) continue;
    let first = group.firstId;
    for (const [from, to] of group.offsets) {
      for (let offset = Math.max(from, range.from); offset < Math.min(to, range.to); offset++) {
        const id = first + offset - from;
        if (!group.resolved.has(id) && !state.parked.copies.has(id)) ids.push(id);
      }
      first += to - from;
    }
  }
  return ids;
}

/** How many parked items need each segment; segments that none needs are left out. Costs by the groups, not by the items. */
export function parkedBySegment(state: JournalState): Map<number, number> {
  const counts = new Map<number, number>();
  const add = (segment: number, by: number) => void counts.set(segment, (counts.get(segment) ?? 0) + by);
  const spans = spansByStream(state);
  const spansOf = (group: ParkedGroup) => spans.get(state.cursors.get(group.cursor)?.identity.stream ?? 0) ?? [];
  for (const group of state.parked.groups) {
    let id = group.firstId;
    for (const [from, to] of group.offsets) {
      for (const span of overlapping(spansOf(group), from, to)) {
        const [first, last] = [Math.max(from, span.from), Math.min(to, span.to)];
        add(span.segment, last - first - group.resolved.countBetween(id + first - from, id + last - from));
      }
      id += to - from;
    }
  }
  for (const [id, { place }] of state.parked.copies) {
    const entry = state.parked.find(id);
    if (entry === undefined) continue;
    add(place.segment, 1);
    for (const span of overlapping(spansOf(entry.group), entry.offset, entry.offset + 1)) add(span.segment, -1);
  }
  return counts;
}

/**
 * A segment in which few events are parked goes when those are copied. One that holds more of them than others stays as it is,
 * and so does one whose parked events may be unreadable.
 */
export function isWorthMoving(info: SegmentInfo, parked: number): boolean {
  return parked === 0 || (info.quarantine === undefined && parked * 2 <= eventCount(info) + info.copies);
}

interface Span {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

function spansByStream(state: JournalState): Map<number, Span[]> {
  const spans = new Map<number, Span[]>();
  for (const { segment, streams } of state.segments.values()) {
    for (const [stream, { from, to }] of streams) {
      const list = spans.get(stream) ?? [];
      spans.set(stream, list);
      list.push({ segment, from, to });
    }
  }
  return spans;
}

/** `spans` ascend. */
function* overlapping(spans: readonly Span[], from: number, to: number): IterableIterator<Span> {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < spans.length; index++) {
    const span = spans[index];
    if (span === undefined || span.from >= to) return;
    yield span;
  }
}

function eventCount(info: SegmentInfo): number {
  let count = 0;
  for (const { from, to } of info.streams.values()) count += to - from;
  return count;
}
