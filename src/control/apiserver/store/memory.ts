import type { Store, StoredValue, StoreEvent, WatchResult, WriteRequest, WriteResult } from "./contract.ts";
import { Watchers } from "./watchers.ts";
import { assertStorable, byKey, WriteDraft } from "./write-rule.ts";

/** A store that forgets everything with its process. For tests and `--ephemeral` worlds. */
export function createMemoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #values = new Map<string, StoredValue>();
  readonly #watchers = new Watchers();
  #log: StoreEvent[] = [];
  #revision = 0;
  #compacted = 0;
  #closed = false;

  revision(): number {
    return this.#revision;
  }

  async write(request: WriteRequest): Promise<WriteResult> {
    assertStorable(request);
    if (this.#closed) return { kind: "unavailable", message: "the store is closed" };
    const draft = new WriteDraft(this.#values, this.#revision);
    const { result } = draft.decide(request);
    this.#revision = draft.revision;
    for (const event of draft.events) this.#apply(event);
    this.#watchers.publish(draft.events);
    return result;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    return this.#values.get(key);
  }

  async list(prefix: string): Promise<{ revision: number; values: readonly StoredValue[] }> {
    const values = [...this.#values.values()].filter((value) => value.key.startsWith(prefix));
    return { revision: this.#revision, values: values.toSorted(byKey) };
  }

  async watch(prefix: string, fromRevision: number, listener: (batch: readonly StoreEvent[]) => void): Promise<WatchResult> {
    if (fromRevision < this.#compacted) return { kind: "compacted", oldest: this.#compacted }; // I5
    const history = this.#log.filter((event) => event.revision > fromRevision && event.key.startsWith(prefix));
    const watch = this.#watchers.add(prefix, Math.max(fromRevision, this.#revision), listener);
    if (history.length > 0) listener(history);
    return { kind: "ok", watch };
  }

  async at(revisions: readonly number[]): Promise<readonly (string | undefined)[]> {
    const wanted = new Set(revisions);
    const found = new Map(this.#log.filter((event) => wanted.has(event.revision)).map((event) => [event.revision, event.value]));
    return revisions.map((revision) => found.get(revision));
  }

  async compact(revision: number): Promise<void> {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
    const last = new Map<string, StoreEvent>();
    for (const event of this.#log) if (event.revision <= this.#compacted) last.set(event.key, event);
    const isNeeded = (event: StoreEvent) => last.get(event.key) === event && event.type === "put"; // I6
    this.#log = this.#log.filter((event) => event.revision > this.#compacted || isNeeded(event));
  }

  compacted(): number {
    return this.#compacted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#watchers.clear();
  }

  #apply(event: StoreEvent): void {
    this.#log.push(event);
    const { type, ...value } = event;
    if (type === "put") this.#values.set(event.key, value);
    else this.#values.delete(event.key);
  }
}
