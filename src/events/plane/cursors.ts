import { REPLAY_PREFIX } from "../observe/replay-reader.ts";
import type { CursorKey, Journal, NewCursor, StreamId } from "../journal/contract.ts";

/** What the journal should have. */
export interface WantedCursors {
  readonly cursors: readonly NewCursor[];
  /** Streams whose owner exists; others are forgotten. */
  readonly streams: ReadonlySet<StreamId>;
}

type CursorJournal = Pick<Journal, "createCursor" | "removeCursor" | "removeStream" | "cursors" | "streams">;

/** Makes the journal's cursors and streams follow the objects. What is gone keeps its parked items: people still look at them. */
export class CursorKeeper {
  readonly #journal: CursorJournal;
  /** Durable cursors, with the description and limits that were given last; "" until they are given. */
  readonly #made = new Map<string, string>();
  readonly #streams = new Set<StreamId>();
  #isLoaded = false;

  constructor(journal: CursorJournal) {
    this.#journal = journal;
  }

  isDurable(cursor: CursorKey): boolean {
    return this.#made.has(keyText(cursor));
  }

  /** What the journal refused is tried again with the next call: resolves with whether everything is as wanted. */
  async follow({ cursors, streams }: WantedCursors): Promise<boolean> {
    await this.#load();
    const made = [];
    for (const wanted of cursors) made.push(await this.#make(wanted));
    const keep = new Set(cursors.map(({ cursor }) => keyText(cursor)));
    const removed = [];
    for (const stream of this.#streams) if (!streams.has(stream)) removed.push(await this.#removeStream(stream));
    for (const key of this.#made.keys()) if (!keep.has(key)) removed.push(await this.#removeCursor(key));
    for (const stream of streams) this.#streams.add(stream);
    return [...made, ...removed].every(Boolean);
  }

  /** Objects may have gone while nothing ran, so the first time the journal is asked what it has. */
  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    for (const { cursor } of await this.#journal.cursors()) {
      if (!cursor.reader.startsWith(REPLAY_PREFIX)) this.#made.set(keyText(cursor), "");
    }
    for (const { stream } of await this.#journal.streams()) this.#streams.add(stream);
    this.#isLoaded = true;
  }

  async #make(wanted: NewCursor): Promise<boolean> {
    const key = keyText(wanted.cursor);
    const content = JSON.stringify(wanted);
    if (this.#made.get(key) === content) return true;
    const result = await this.#journal.createCursor(wanted);
    if (result.kind === "ok") this.#made.set(key, content);
    return result.kind === "ok";
  }

  async #removeStream(stream: StreamId): Promise<boolean> {
    const result = await this.#journal.removeStream(stream, "keep");
    if (result.kind !== "ok") return false;
    this.#streams.delete(stream);
    for (const key of this.#made.keys()) if (key.startsWith(`${stream}/`)) this.#made.delete(key);
    return true;
  }

  async #removeCursor(key: string): Promise<boolean> {
    const [stream = "", reader = ""] = key.split("/");
    const result = await this.#journal.removeCursor({ stream, reader }, "keep");
    if (result.kind === "ok") this.#made.delete(key);
    return result.kind === "ok";
  }
}

/** Uids have no slash. */
function keyText({ stream, reader }: CursorKey): string {
  return `${stream}/${reader}`;
}
