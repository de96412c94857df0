import { encodeEvent, decodeEvent } from "./event-codec.ts";
import type * as contract from "./contract.ts";
import type { Journal, JournalEvent, PendingEvent, StoredEvent } from "./contract.ts";
import type { Call, TurnReport } from "./host.ts";
import type { AnyAnswer } from "./engine.ts";
import type { Answer, Ask, HistoryPart, HistoryStep, Mistake, OperationName, Request, Unavailable } from "./operations.ts";
import type { RawEvent } from "./reader.ts";

/** The way to the journal's turns: in the same thread, or over a port. */
export interface JournalLink {
  /** Sends what was asked since the last call; once for many calls. */
  send(calls: readonly Call[]): void;
  close(): Promise<void>;
}

type CursorKey = contract.CursorKey;
type Outcome<K extends OperationName> = Answer<K> | Unavailable;

/** `Journal` for its users: encodes and decodes events in their thread, and sends what they ask once a turn. */
export class JournalClient implements Journal {
  readonly #link: JournalLink;
  readonly #schedule: (flush: () => void) => void;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #watchers = new Set<(heads: ReadonlyMap<string, number>) => void>();
  readonly #healthListeners = new Set<(health: contract.JournalHealth) => void>();
  #calls: Call[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(link: JournalLink, schedule: (flush: () => void) => void = setImmediate) {
    this.#link = link;
    this.#schedule = schedule;
  }

  append(stream: string, events: readonly JournalEvent[]): Promise<contract.AppendResult> {
    return this.#ask("append", { stream, events: events.map((event) => encodeEvent(event)) });
  }

  settle({ replies, ...rest }: contract.Settlement): Promise<contract.SettleResult> {
    if (replies === undefined) return this.#ask("settle", rest);
    const events = replies.events.map((event) => encodeEvent(event));
    return this.#ask("settle", { ...rest, replies: { stream: replies.stream, events } });
  }

  acknowledge(cursor: CursorKey, acknowledged: readonly contract.Acknowledged[]): void {
    this.#call(0, { op: "acknowledge", ask: { cursor, acknowledged } });
  }

  recordAttempt(cursor: CursorKey, attempt: contract.Attempt): Promise<contract.WriteResult> {
    return this.#ask("recordAttempt", { cursor, attempt });
  }

  createCursor(request: contract.NewCursor): Promise<contract.CreateCursorResult> {
    return this.#ask("createCursor", request);
  }

  removeCursor(cursor: CursorKey, parked: "keep" | "purge"): Promise<contract.WriteResult> {
    return this.#ask("removeCursor", { cursor, parked });
  }

  cursor(cursor: CursorKey): Promise<contract.CursorState | undefined> {
    return this.#askPatiently("cursor", { cursor });
  }

  cursors(stream?: string): Promise<readonly contract.CursorState[]> {
    return this.#askPatiently("cursors", stream === undefined ? {} : { stream });
  }

  removeStream(stream: string, parked: "keep" | "purge"): Promise<contract.WriteResult> {
    return this.#ask("removeStream", { stream, parked });
  }

  streams(): Promise<readonly contract.StreamState[]> {
    return this.#askPatiently("streams", {});
  }

  async read(request: contract.ReadRequest): Promise<contract.ReadResult> {
    const result = await this.#ask("read", request);
    return "events" in result ? { ...result, events: result.events.map(stored) } : result;
  }

  async readCursor(cursor: CursorKey, request: contract.CursorReadRequest): Promise<contract.CursorReadResult> {
    const result = await this.#ask("readCursor", { cursor, ...request });
    if (!("events" in result)) return result;
    const events = result.events.map(({ attempts, nextAtMs, ...raw }): PendingEvent => {
      return { ...stored(raw), attempts, ...(nextAtMs === undefined ? {} : { nextAtMs }) };
    });
    return { ...result, events };
  }

  watch(listener: (heads: ReadonlyMap<string, number>) => void): Disposable {
    this.#watchers.add(listener);
    return { [Symbol.dispose]: () => void this.#watchers.delete(listener) };
  }

  listParked(query: contract.ParkedQuery = {}): Promise<readonly contract.ParkedItem[]> {
    return this.#askPatiently("listParked", query);
  }

  parkedCounts(): Promise<readonly contract.ParkedCount[]> {
    return this.#askPatiently("parkedCounts", {});
  }

  async getParked(id: number): Promise<contract.ParkedRead> {
    const read = await this.#askPatiently("getParked", { id });
    return read.kind === "ok" ? { ...read, event: stored(read.event) } : read;
  }

  editParked(id: number, event: JournalEvent): Promise<contract.EditResult> {
    return this.#ask("editParked", { id, event: encodeEvent(event) });
  }

  notePark(id: number, failure: contract.Failure): Promise<contract.WriteResult> {
    return this.#ask("notePark", { id, failure });
  }

  resolveParked(ids: readonly number[], outcome: contract.ParkedOutcome): Promise<contract.WriteResult> {
    return this.#ask("resolveParked", { ids, outcome });
  }

  async history(query: contract.HistoryQuery, signal: AbortSignal): Promise<readonly contract.EventHistory[]> {
    const parts: HistoryPart[] = [];
    for (let step = nextStep(query, parts); ; step = nextStep(query, parts)) {
      signal.throwIfAborted();
      const part = await this.#askPatiently("history", step);
      if (part.segment === undefined) return historiesOf(parts);
      parts.push(part);
    }
  }

  health(): Promise<contract.JournalHealth> {
    return this.#askPatiently("health", {});
  }

  onHealth(listener: (health: contract.JournalHealth) => void): Disposable {
    this.#healthListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#healthListeners.delete(listener) };
  }

  releaseQuarantine(segment: number): Promise<contract.WriteResult> {
    return this.#ask("releaseQuarantine", { segment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    await this.#link.close();
    this.#rejectAll();
  }

  /** To be called with what each turn says. */
  receive({ answers, heads, health, closed }: TurnReport): void {
    for (const { id, answer } of answers) {
      const pending = this.#pending.get(id);
      if (isMistake(answer)) pending?.reject(new RangeError(answer.message));
      else pending?.resolve(answer);
      this.#pending.delete(id);
    }
    if (heads !== undefined) for (const watcher of this.#watchers) watcher(heads);
    if (health !== undefined) for (const listener of this.#healthListeners) listener(health);
    if (closed === true) this.#isClosed = true;
    if (closed === true) this.#rejectAll();
  }

  #ask<K extends OperationName>(op: K, ask: Ask<K>): Promise<Outcome<K>> {
    if (this.#isClosed) return Promise.reject(closedError());
    const answer = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    this.#pending.set(id, answer);
    this.#call(id, { op, ask } as Request);
    return answer.promise as Promise<Outcome<K>>;
  }

  /** The host does not answer these before the writer is open again. */
  #askPatiently<K extends OperationName>(op: K, ask: Ask<K>): Promise<Answer<K>> {
    return this.#ask(op, ask) as Promise<Answer<K>>;
  }

  #call(id: number, request: Request): void {
    if (this.#isClosed) return;
    this.#calls.push({ id, request });
    if (this.#calls.length === 1) this.#schedule(() => this.#flush());
  }

  #flush(): void {
    const calls = this.#calls;
    this.#calls = [];
    if (calls.length > 0) this.#link.send(calls);
  }

  #rejectAll(): void {
    for (const { reject } of this.#pending.values()) reject(closedError());
    this.#pending.clear();
  }
}

function isMistake(answer: AnyAnswer): answer is Mistake {
  return answer !== undefined && "kind" in answer && answer.kind === "mistake";
}

function closedError(): Error {
  return new Error("the journal is closed");
}

function stored({ offset, receivedAtMs, bytes }: RawEvent): StoredEvent {
  return { ...decodeEvent(bytes), offset, receivedAtMs };
}

function nextStep(query: contract.HistoryQuery, parts: readonly HistoryPart[]): HistoryStep {
  const found = parts.flatMap((part) => part.events.map(({ stream, offset }) => ({ stream, offset })));
  const parked = parts.flatMap((part) =>
    part.entries.flatMap(({ stream, offset, entry }) => (entry.kind === "parked" ? [{ stream, offset, id: entry.id }] : [])),
  );
  return { query, after: parts.at(-1)?.segment ?? 0, found, parked };
}

function historiesOf(parts: readonly HistoryPart[]): contract.EventHistory[] {
  const entries = parts.flatMap((part) => part.entries);
  return parts
    .flatMap((part) => part.events)
    .map(({ stream, ...raw }) => {
      const own = entries.filter((one) => one.stream === stream && one.offset === raw.offset);
      return { stream, event: stored(raw), entries: own.map((one) => one.entry) };
    });
}
