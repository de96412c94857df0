/** What reads are answered, from the state and the log. */
import type { CursorState, JournalLimits, ParkedItem, ParkedQuery } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import { historyPart } from "./history.ts";
import type { Answer, Ask, RawPending, ReadName } from "./operations.ts";
import { parkedEvent } from "./parked-read.ts";
import type { ParkedEntry, ParkedGroup } from "./parked.ts";
import type { JournalReader, RawEvent } from "./reader.ts";
import type { JournalState, StreamInfo } from "./state.ts";

export interface ReadContext {
  readonly state: JournalState;
  readonly reader: JournalReader;
  readonly limits: JournalLimits;
}

type Answerer<K extends ReadName> = (context: ReadContext, ask: Ask<K>) => Answer<K>;

const DEFAULT_READ_BYTES = 1024 * 1024;
const DEFAULT_PARKED = 1000;
/** Settled neighbours that are read over rather than jumped over. */
const READ_OVER = 1000;

export const ANSWERERS: { readonly [K in Exclude<ReadName, "health">]: Answerer<K> } = {
  cursor(context, { cursor }) {
    const found = context.state.cursor(cursor);
    if (found === undefined) return undefined;
    const oldestAtMs = oldestUnsettledAtMs(context, found);
    return { ...cursorState(context.state, found), ...(oldestAtMs === undefined ? {} : { oldestAtMs }) };
  },
  cursors({ state }, { stream }) {
    const streams = stream === undefined ? [...state.streams.values()] : [state.stream(stream)].filter((one) => one !== undefined);
    return streams.flatMap((one) => state.cursorsOf(one.number)).map((cursor) => cursorState(state, cursor));
  },
  streams: ({ state }) =>
    [...state.streams.values()]
      .filter((stream) => !stream.removed)
      .map((stream) => ({ stream: stream.id, oldest: state.oldest(stream), head: stream.head })),
  read({ state, reader }, { stream: id, from, limit, maxBytes = DEFAULT_READ_BYTES }) {
    const stream = state.stream(id);
    if (stream === undefined) return { kind: "ok", events: [], next: from };
    const { events, next, gap } = reader.read(stream, from, { limit, maxBytes, before: stream.head });
    return gap === undefined ? { kind: "ok", events, next } : { kind: "quarantined", events, gap };
  },
  readCursor: (context, ask) => readCursor(context, ask),
  listParked: (context, ask) => listParked(context.state, ask),
  parkedCounts: ({ state }) =>
    [...state.cursors.values()]
      .filter((cursor) => state.parked.count(cursor.identity.number) > 0)
      .map((cursor) => ({ ...ownerOf(state, cursor.identity.number), count: state.parked.count(cursor.identity.number) })),
  getParked(context, { id }) {
    const entry = context.state.parked.find(id);
    if (entry === undefined) return { kind: "missing" };
    const item = parkedItem(context.state, entry);
    const event = parkedEvent(context, entry);
    return "bytes" in event ? { kind: "ok", item, event } : { kind: "quarantined", item, gap: event };
  },
  history: (context, step) => historyPart(context, step),
};

export function cursorState(state: JournalState, cursor: Cursor): CursorState {
  const { identity, settings, floor } = cursor;
  const stream = state.streams.get(identity.stream);
  return {
    ...ownerOf(state, identity.number),
    floor,
    ...(settings.until === undefined ? {} : { until: settings.until }),
    backlog: cursor.backlog(stream?.head ?? floor),
    backlogLimit: settings.backlogLimit,
    parked: state.parked.count(identity.number),
  };
}

function oldestUnsettledAtMs({ state, reader }: ReadContext, cursor: Cursor): number | undefined {
  const stream = state.streams.get(cursor.identity.stream);
  if (stream === undefined || cursor.backlog(stream.head) === 0) return undefined;
  const { events } = reader.read(stream, cursor.floor, { limit: 1, maxBytes: 0, before: cursor.floor + 1 });
  return events[0]?.receivedAtMs;
}

function ownerOf(state: JournalState, number: number): Pick<ParkedItem, "cursor" | "description"> {
  const cursor = state.cursors.get(number);
  const stream = state.streams.get(cursor?.identity.stream ?? 0)?.id ?? "";
  return { cursor: { stream, reader: cursor?.identity.reader ?? "" }, description: cursor?.settings.description ?? {} };
}

function listParked(state: JournalState, { stream, reader, after = 0, limit = DEFAULT_PARKED }: ParkedQuery): ParkedItem[] {
  const isWanted = (group: ParkedGroup) => {
    const { cursor } = ownerOf(state, group.cursor);
    return (stream === undefined || cursor.stream === stream) && (reader === undefined || cursor.reader === reader);
  };
  const items: ParkedItem[] = [];
  for (const entry of state.parked.entries(after, isWanted)) {
    if (items.length >= limit) break;
    items.push(parkedItem(state, entry));
  }
  return items;
}

function parkedItem(state: JournalState, { id, offset, group }: ParkedEntry): ParkedItem {
  const note = state.parked.notes.get(id);
  return {
    id,
    ...ownerOf(state, group.cursor),
    offset,
    attempts: group.attempts,
    parkedAtMs: group.atMs,
    redrives: note?.redrives ?? 0,
    ...(group.editOf === undefined ? {} : { editOf: group.editOf }),
    ...(note?.failure ?? group.failure),
  };
}

function readCursor(context: ReadContext, { cursor: key, ...request }: Ask<"readCursor">): Answer<"readCursor"> {
  const { state, limits } = context;
  const cursor = state.cursor(key);
  const stream = state.streams.get(cursor?.identity.stream ?? 0);
  if (cursor === undefined || stream === undefined) return { kind: "no-cursor" };
  const end = Math.min(stream.head, cursor.settings.until ?? stream.head);
  const before = Math.min(end, cursor.readableUntil(limits.maxInFlight));
  const { events, next, gap } = readUnsettled(context, { cursor, stream, before }, request);
  const pending = events.map((event): RawPending => withAttempts(cursor, event));
  if (gap !== undefined) return { kind: "quarantined", events: pending, gap };
  return { kind: "ok", events: pending, next, saturated: next >= before && before < end };
}

function readUnsettled(
  { reader }: ReadContext,
  { cursor, stream, before }: { readonly cursor: Cursor; readonly stream: StreamInfo; readonly before: number },
  { from, limit, maxBytes = DEFAULT_READ_BYTES }: Omit<Ask<"readCursor">, "cursor">,
) {
  const events: RawEvent[] = [];
  let bytes = 0;
  let next = cursor.nextUnsettled(from);
  for (const [start, end] of [...longRanges(cursor, next), [before, before] as const]) {
    const stop = Math.min(start, before);
    const skip = (offset: number) => cursor.isSettled(offset);
    const part = reader.read(stream, next, { limit: limit - events.length, maxBytes: maxBytes - bytes, before: stop, skip });
    events.push(...part.events);
    bytes += part.events.reduce((sum, event) => sum + event.bytes.length, 0);
    next = Math.max(next, part.next);
    if (part.gap !== undefined) return { events, next, gap: part.gap };
    if (next < stop || stop === before || events.length >= limit || bytes >= maxBytes) break;
    next = end;
  }
  return { events, next: Math.max(next, Math.min(cursor.nextUnsettled(next), before)), gap: undefined };
}

function longRanges(cursor: Cursor, from: number) {
  return [...cursor.settled.ranges()].filter(([start, end]) => start > from && end - start > READ_OVER);
}

function withAttempts(cursor: Cursor, event: RawEvent): RawPending {
  const known = cursor.attempts.get(event.offset);
  if (known === undefined) return { ...event, attempts: 0 };
  return { ...event, attempts: known.attempts, ...(known.nextAtMs === undefined ? {} : { nextAtMs: known.nextAtMs }) };
}
