/** What each write would put into the log, and what it will be answered once that is durable. Pure but for reads of the log. */
import type { Acknowledged, JournalLimits, NewParked, Refusal } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import type { Answer, Ask, RawAppend, WriteName } from "./operations.ts";
import { RangeSet, type Range } from "./range-set.ts";
import type { JournalReader } from "./reader.ts";
import { parkedEvent } from "./parked-read.ts";
import { shortFailure, type LogRecord, type ParkedRecord } from "./records.ts";
import type { JournalState, StreamInfo } from "./state.ts";

export interface DraftContext {
  readonly state: JournalState;
  readonly reader: JournalReader;
  readonly limits: JournalLimits;
  readonly nowMs: number;
  /** Why appends are refused, undefined when they are not. */
  readonly full: Refusal | undefined;
}

export interface Draft<A> {
  /** One frame; nothing is written for none. */
  readonly records: readonly LogRecord[];
  /** `lazy` records share a frame with others and are synced within 50 ms. */
  readonly durability: "synced" | "lazy";
  readonly answer: A;
}

type Drafter<K extends WriteName> = (context: DraftContext, ask: Ask<K>) => Draft<Answer<K>>;

const OK = { kind: "ok" } as const;

export const DRAFTERS: { readonly [K in WriteName]: Drafter<K> } = {
  append: (context, ask) => draftAppend(context, ask),
  settle: (context, ask) => draftSettle(context, ask),
  acknowledge({ state, nowMs }, { cursor: key, acknowledged }) {
    const cursor = state.cursor(key);
    const fresh = cursor === undefined ? [] : unsettled(state, cursor, acknowledged);
    if (cursor === undefined || fresh.length === 0) return nothing(undefined);
    const record = { type: "acknowledged", cursor: cursor.identity.number, atMs: nowMs, acknowledged: fresh } as const;
    return { records: [record], durability: "lazy", answer: undefined };
  },
  recordAttempt({ state, nowMs }, { cursor: key, attempt }) {
    const cursor = state.cursor(key);
    if (cursor === undefined || cursor.isSettled(attempt.offset)) return nothing(OK);
    const { offset, attempt: count, nextAtMs, status, note = "", durability = "synced" } = attempt;
    const record = {
      type: "attempt",
      cursor: cursor.identity.number,
      atMs: nowMs,
      offset,
      attempt: count,
      nextAtMs,
      status,
      note,
    } as const;
    return { records: [record], durability, answer: OK };
  },
  createCursor: (context, ask) => draftCursor(context, ask),
  removeCursor({ state }, { cursor: key, parked }) {
    const cursor = state.cursor(key);
    if (cursor === undefined) return nothing(OK);
    return synced([{ type: "cursor-removed", cursor: cursor.identity.number, purge: parked === "purge" }], OK);
  },
  removeStream({ state }, { stream: id, parked }) {
    const stream = state.stream(id);
    return stream === undefined ? nothing(OK) : synced([{ type: "stream-removed", stream: stream.number, purge: parked === "purge" }], OK);
  },
  editParked: (context, ask) => draftEdit(context, ask),
  notePark({ state, nowMs }, { id, failure }) {
    if (state.parked.find(id) === undefined) return nothing(OK);
    return synced([{ type: "parked-note", id, atMs: nowMs, failure: shortFailure(failure) }], OK);
  },
  resolveParked({ state, nowMs }, { ids, outcome }) {
    const present = new RangeSet(ids.filter((id) => state.parked.find(id) !== undefined).map((id): Range => [id, id + 1]));
    if (present.size === 0) return nothing(OK);
    return synced([{ type: "parked-resolved", ids: [...present.ranges()], outcome, atMs: nowMs }], OK);
  },
  releaseQuarantine({ state }, { segment }) {
    const isHeld = state.segments.get(segment)?.quarantine?.released === false;
    return isHeld ? synced([{ type: "released", segment }], OK) : nothing(OK);
  },
};

function synced<A>(records: readonly LogRecord[], answer: A): Draft<A> {
  return { records, durability: "synced", answer };
}

function nothing<A>(answer: A): Draft<A> {
  return synced([], answer);
}

function draftAppend(context: DraftContext, ask: RawAppend): Draft<Answer<"append">> {
  const refusal = context.full ?? tooLarge(context.limits, ask.events);
  if (refusal !== undefined) return nothing(refusal);
  const { records, firstOffset } = eventRecords(context, ask);
  return synced(records, { kind: "ok", firstOffset, receivedAtMs: context.nowMs });
}

function draftSettle(context: DraftContext, ask: Ask<"settle">): Draft<Answer<"settle">> {
  const { state, nowMs } = context;
  const cursor = state.cursor(ask.cursor);
  if (cursor === undefined) return nothing({ kind: "no-cursor" });
  const refusal = ask.replies === undefined ? undefined : (context.full ?? tooLarge(context.limits, ask.replies.events));
  if (refusal !== undefined) return nothing(refusal);
  const replies = ask.replies === undefined ? undefined : eventRecords(context, ask.replies);
  const parked = parkedRecords(context, cursor, ask.parked ?? []);
  const acknowledged = unsettled(state, cursor, ask.acknowledged ?? []);
  const records: LogRecord[] = [...(replies?.records ?? []), ...parked];
  if (acknowledged.length > 0) records.push({ type: "acknowledged", cursor: cursor.identity.number, atMs: nowMs, acknowledged });
  const parkedIds = parked.flatMap((group) => idsOf(group));
  return synced(records, { kind: "ok", parkedIds, ...(replies === undefined ? {} : { firstOffset: replies.firstOffset }) });
}

function idsOf({ firstId, offsets }: ParkedRecord): number[] {
  const count = offsets.reduce((sum, [from, to]) => sum + to - from, 0);
  return Array.from({ length: count }, (_, index) => firstId + index);
}

function eventRecords({ state, nowMs }: DraftContext, { stream: id, events }: RawAppend): { records: LogRecord[]; firstOffset: number } {
  const { stream, introduction } = streamOf(state, id);
  const firstOffset = stream.head;
  if (events.length === 0) return { records: introduction, firstOffset };
  return { records: [...introduction, { type: "events", stream: stream.number, firstOffset, atMs: nowMs, events }], firstOffset };
}

/** A stream is made by the first who speaks of it. */
function streamOf(state: JournalState, id: string): { readonly stream: StreamInfo; readonly introduction: LogRecord[] } {
  const known = state.stream(id);
  if (known !== undefined) return { stream: known, introduction: [] };
  const number = state.nextStream;
  return { stream: { number, id, head: 0, removed: false }, introduction: [{ type: "stream", stream: number, id }] };
}

function tooLarge(limits: JournalLimits, events: readonly Uint8Array[]) {
  let total = 0;
  for (const [index, event] of events.entries()) {
    total += event.length;
    if (event.length > limits.eventBytes) return { kind: "too-large", index, limitBytes: limits.eventBytes } as const;
    if (total > limits.batchBytes) return { kind: "too-large", index, limitBytes: limits.batchBytes } as const;
  }
  return undefined;
}

/** Neighbours that are parked for one reason are one record. Settled events are left out: parking twice is parking once. */
function parkedRecords({ state, nowMs }: DraftContext, cursor: Cursor, items: readonly NewParked[]): ParkedRecord[] {
  const head = state.streams.get(cursor.identity.stream)?.head ?? 0;
  const groups: { readonly first: NewParked; readonly key: string; readonly offsets: RangeSet }[] = [];
  const seen = new Set<number>();
  for (const item of items.toSorted((a, b) => a.offset - b.offset)) {
    if (cursor.isSettled(item.offset) || item.offset >= head || seen.has(item.offset)) continue;
    seen.add(item.offset);
    const key = JSON.stringify([item.reason, item.status, item.destination, item.message, item.attempts]);
    const last = groups.at(-1);
    const group = last?.key === key ? last : { first: item, key, offsets: new RangeSet() };
    if (group !== last) groups.push(group);
    group.offsets.add(item.offset);
  }
  let nextId = state.parked.nextId;
  return groups.map(({ first, offsets }) => {
    const { attempts } = first;
    const failure = shortFailure(first);
    const firstId = nextId;
    nextId += offsets.size;
    return { type: "parked", cursor: cursor.identity.number, firstId, atMs: nowMs, attempts, failure, offsets: [...offsets.ranges()] };
  });
}

/** What is not settled yet and exists. */
function unsettled(state: JournalState, cursor: Cursor, acknowledged: readonly Acknowledged[]): Acknowledged[] {
  const head = state.streams.get(cursor.identity.stream)?.head ?? 0;
  return acknowledged.flatMap((one): Acknowledged[] => {
    if (one.outcome !== "filtered") return one.offset < head && !cursor.isSettled(one.offset) ? [one] : [];
    const [from, to] = [Math.max(one.from, cursor.floor), Math.min(one.to, head)];
    return from < to && cursor.nextUnsettled(from) < to ? [{ outcome: "filtered", from, to }] : [];
  });
}

function draftCursor({ state, limits }: DraftContext, ask: Ask<"createCursor">): Draft<Answer<"createCursor">> {
  const { stream, introduction } = streamOf(state, ask.cursor.stream);
  const known = state.cursor(ask.cursor);
  const floor = known?.floor ?? floorOf(state, stream, ask.at);
  const record: LogRecord = {
    type: "cursor",
    cursor: known?.identity.number ?? state.nextCursor,
    stream: stream.number,
    reader: ask.cursor.reader,
    floor,
    until: ask.until,
    backlogLimit: ask.backlogLimit ?? limits.backlogLimit,
    description: ask.description ?? {},
  };
  return synced([...introduction, record], { kind: "ok", floor, existed: known !== undefined });
}

function floorOf(state: JournalState, stream: StreamInfo, at: Ask<"createCursor">["at"]): number {
  if (at === "head") return stream.head;
  const oldest = state.oldest(stream);
  return at === "oldest" ? oldest : Math.min(Math.max(at, oldest), stream.head);
}

function draftEdit(context: DraftContext, { id, event }: Ask<"editParked">): Draft<Answer<"editParked">> {
  const { state, nowMs } = context;
  const original = state.parked.find(id);
  if (original === undefined) return nothing({ kind: "missing" });
  const refusal = context.full ?? tooLarge(context.limits, [event]);
  if (refusal !== undefined) return nothing(refusal);
  const read = parkedEvent(context, original);
  const receivedAtMs = "bytes" in read ? read.receivedAtMs : original.group.atMs;
  const copy = state.parked.nextId;
  return synced([{ type: "parked-copy", id: copy, editOf: id, atMs: nowMs, receivedAtMs, event }], { kind: "ok", id: copy });
}
