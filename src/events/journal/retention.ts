/** Which segments may go. Pure. */
import type { JournalLimits } from "./contract.ts";
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

/**
 * A segment in which few events are parked goes when those are copied. One that holds more of them than others stays as it is,
 * and so does one whose parked events may be unreadable.
 */
export function isWorthMoving(state: JournalState, info: SegmentInfo): boolean {
  const parked = parkedIn(state, info).length;
  return parked === 0 || (info.quarantine === undefined && parked * 2 <= eventCount(info) + copiesIn(state, info));
}

function copiesIn(state: JournalState, info: SegmentInfo): number {
  let count = 0;
  for (const { place } of state.parked.copies.values()) if (place.segment === info.segment) count += 1;
  return count;
}

function eventCount(info: SegmentInfo): number {
  let count = 0;
  for (const { from, to } of info.streams.values()) count += to - from;
  return count;
}
