/**
 * An event's life, read from the log itself. An index by id would cost memory for every event to serve a question that a person
 * asks now and then; a segment is searched in milliseconds instead, because most are ruled out by the bytes of the id.
 */
import type { HistoryEntry } from "./contract.ts";
import type { EventPlace, HistoryPart, HistoryStep } from "./operations.ts";
import { decodeEvent } from "./event-codec.ts";
import type { JournalReader, RawEvent } from "./reader.ts";
import { decodeRecords, type EventsRecord, type LogRecord } from "./records.ts";
import type { JournalState } from "./state.ts";

const DEFAULT_EVENTS = 10;

interface Found {
  readonly events: (RawEvent & { readonly stream: string })[];
  readonly entries: (EventPlace & { readonly entry: HistoryEntry })[];
}

/** What the first segment after `step.after` says. */
export function historyPart({ state, reader }: { state: JournalState; reader: JournalReader }, step: HistoryStep): HistoryPart {
  const segment = [...state.segments.keys()].find((one) => one > step.after);
  if (segment === undefined) return { segment, events: [], entries: [] };
  const search = new Search(state, step);
  if (search.isPointless(reader.bytesOf(segment))) return { segment, events: [], entries: [] };
  for (const frame of reader.framesOf(segment)) for (const record of recordsOf(frame.payload)) search.take(record);
  return { segment, ...search.found };
}

function recordsOf(payload: Uint8Array): LogRecord[] {
  try {
    return decodeRecords(payload);
  } catch {
    return []; // its segment is quarantined; this is for people who want to see what is left
  }
}

class Search {
  readonly found: Found = { events: [], entries: [] };
  readonly #state: JournalState;
  readonly #step: HistoryStep;
  readonly #places: EventPlace[];
  readonly #parked: (EventPlace & { readonly id: number })[];

  constructor(state: JournalState, step: HistoryStep) {
    this.#state = state;
    this.#step = step;
    this.#places = [...step.found];
    this.#parked = [...step.parked];
  }

  isPointless(bytes: Uint8Array): boolean {
    if (this.#places.length > 0) return false;
    return !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(this.#step.query.id);
  }

  take(record: LogRecord): void {
    if (record.type === "events") return this.#events(record);
    if (record.type === "parked-resolved") return this.#resolved(record);
    if (record.type !== "acknowledged" && record.type !== "attempt" && record.type !== "parked") return;
    const cursor = this.#state.cursors.get(record.cursor);
    const stream = this.#state.streams.get(cursor?.identity.stream ?? 0)?.id;
    if (cursor === undefined || stream === undefined) return;
    const by = { reader: cursor.identity.reader, atMs: record.atMs };
    for (const place of this.#places.filter((one) => one.stream === stream)) {
      for (const entry of entriesFor(record, place.offset)) this.found.entries.push({ ...place, entry: { ...by, ...entry } });
      if (record.type === "parked") this.#noteParked(record, place);
    }
  }

  #events({ stream: number, firstOffset, atMs, events }: EventsRecord): void {
    const stream = this.#state.streams.get(number)?.id;
    const { query } = this.#step;
    if (stream === undefined || (query.stream !== undefined && query.stream !== stream)) return;
    for (const [index, bytes] of events.entries()) {
      if (this.#places.length >= (query.limit ?? DEFAULT_EVENTS)) return;
      if (!isWanted(bytes, query)) continue;
      const offset = firstOffset + index;
      this.#places.push({ stream, offset });
      this.found.events.push({ stream, offset, receivedAtMs: atMs, bytes });
    }
  }

  #noteParked(record: LogRecord & { type: "parked" }, { stream, offset }: EventPlace): void {
    const id = parkedIdOf(record, offset);
    if (id !== undefined) this.#parked.push({ stream, offset, id });
  }

  #resolved({ ids, outcome, atMs }: LogRecord & { type: "parked-resolved" }): void {
    for (const { stream, offset, id } of this.#parked) {
      if (!ids.some(([from, to]) => id >= from && id < to)) continue;
      this.found.entries.push({ stream, offset, entry: { kind: "resolved", reader: "", atMs, id, outcome } });
    }
  }
}

type Unsigned<T> = T extends unknown ? Omit<T, "reader" | "atMs"> : never;

function entriesFor(record: LogRecord & { type: "acknowledged" | "attempt" | "parked" }, offset: number): Unsigned<HistoryEntry>[] {
  if (record.type === "attempt") {
    if (record.offset !== offset) return [];
    const { attempt, nextAtMs, status, note } = record;
    const optional = { ...(nextAtMs === undefined ? {} : { nextAtMs }), ...(status === undefined ? {} : { status }) };
    return [{ kind: "attempt", attempt, ...optional, ...(note === "" ? {} : { note }) }];
  }
  if (record.type === "parked") {
    const id = parkedIdOf(record, offset);
    return id === undefined ? [] : [{ kind: "parked", id, ...record.failure }];
  }
  return record.acknowledged.flatMap((one): Unsigned<HistoryEntry>[] => {
    if (one.outcome === "filtered") return one.from <= offset && offset < one.to ? [{ kind: "settled", outcome: one.outcome }] : [];
    const { offset: at, ...delivery } = one;
    return at === offset ? [{ kind: "settled", ...delivery }] : [];
  });
}

function parkedIdOf({ firstId, offsets }: LogRecord & { type: "parked" }, offset: number): number | undefined {
  let id = firstId;
  for (const [from, to] of offsets) {
    if (offset >= from && offset < to) return id + offset - from;
    id += to - from;
  }
  return undefined;
}

function isWanted(bytes: Uint8Array, { id, source }: HistoryStep["query"]): boolean {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(id)) return false;
  const { attributes } = decodeEvent(bytes);
  return attributes["id"] === id && (source === undefined || attributes["source"] === source);
}
