import type { Worker } from "node:worker_threads";
import type { Logger } from "../../../../std/logger.ts";
import type { Store, StoredValue, StoreEvent, WatchResult, WriteRequest, WriteResult } from "../contract.ts";
import { Watchers } from "../watchers.ts";
import { assertStorable } from "../write-rule.ts";
import type { CommittedWrite, FromWorker, ReadAnswers, ReadRequest, ToWorker } from "./messages.ts";

interface PendingWrite {
  readonly request: WriteRequest;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: Error) => void;
}

interface PendingRead {
  /** Runs in the tick of the answer, before any later event is published. */
  readonly onAnswer: (answer: ReadAnswers[keyof ReadAnswers]) => void;
  readonly reject: (error: Error) => void;
}

/** Writes that may wait for an answer at a time; more are refused instead of growing without end. */
const PENDING_WRITES_MAX = 20_000;

/** The main thread's end: sends what one turn of the event loop asks as one message, publishes what the worker has committed. */
export class SqliteStore implements Store {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #watchers = new Watchers();
  readonly #pendingWrites: PendingWrite[] = [];
  readonly #unsynced: { readonly pending: PendingWrite; readonly result: WriteResult }[] = [];
  readonly #pendingReads: PendingRead[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #outgoing: { writes: WriteRequest[]; reads: ReadRequest[] } | undefined;
  #revision: number;
  #compacted = 0;
  #gone: string | undefined;

  constructor(worker: Worker, revision: number, logger: Logger) {
    this.#worker = worker;
    this.#revision = revision;
    this.#logger = logger;
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error: unknown) => this.#fail(`the store's thread failed: ${String(error)}`));
    worker.on("exit", () => this.#exited());
  }

  revision(): number {
    return this.#revision;
  }

  write(request: WriteRequest): Promise<WriteResult> {
    assertStorable(request);
    const refusal = this.#gone ?? (this.#pendingWrites.length < PENDING_WRITES_MAX ? undefined : "the store has too many writes waiting");
    if (refusal !== undefined) return Promise.resolve({ kind: "unavailable", message: refusal });
    return new Promise((resolve, reject) => {
      this.#pendingWrites.push({ request, resolve, reject });
      this.#next().writes.push(request);
    });
  }

  get(key: string): Promise<StoredValue | undefined> {
    return this.#read<"get", StoredValue | undefined>({ kind: "get", key }, (answer) => answer);
  }

  list(prefix: string): Promise<ReadAnswers["list"]> {
    return this.#read<"list", ReadAnswers["list"]>({ kind: "list", prefix }, (answer) => answer);
  }

  async watch(prefix: string, fromRevision: number, listener: (batch: readonly StoreEvent[]) => void): Promise<WatchResult> {
    for (let after = fromRevision; ;) {
      const step = await this.#read<"history", WatchResult | number>({ kind: "history", prefix, after }, (page) => {
        if (page.kind === "compacted") return page;
        // I4: in the tick of the last page, so that nothing falls between history and live.
        const watch = page.done ? this.#watchers.add(prefix, page.revision, listener) : undefined;
        if (page.events.length > 0) listener(page.events);
        return watch === undefined ? page.revision : { kind: "ok", watch };
      });
      if (typeof step !== "number") return step;
      after = step;
    }
  }

  at(revisions: readonly number[]): Promise<ReadAnswers["at"]> {
    return this.#read<"at", ReadAnswers["at"]>({ kind: "at", revisions }, (answer) => answer);
  }

  compacted(): number {
    return this.#compacted;
  }

  async compact(revision: number): Promise<void> {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
    await this.#read<"compact", undefined>({ kind: "compact", revision }, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone === undefined) {
      this.#gone = "the store is closed";
      this.#flush();
      this.#send({ kind: "close" });
    }
    await this.#closed.promise;
    this.#watchers.clear();
  }

  #read<K extends ReadRequest["kind"], T>(request: ReadRequest & { kind: K }, use: (answer: ReadAnswers[K]) => T): Promise<T> {
    if (this.#gone !== undefined) return Promise.reject(new Error(this.#gone));
    return new Promise((resolve, reject) => {
      this.#pendingReads.push({ onAnswer: (answer) => resolve(use(answer as ReadAnswers[K])), reject });
      this.#next().reads.push(request);
    });
  }

  /** What this turn of the event loop sends, at its end: the requests of all sockets that were ready together. */
  #next(): { writes: WriteRequest[]; reads: ReadRequest[] } {
    if (this.#outgoing === undefined) {
      this.#outgoing = { writes: [], reads: [] };
      setImmediate(() => this.#flush());
    }
    return this.#outgoing;
  }

  #flush(): void {
    if (this.#outgoing === undefined) return;
    this.#send({ kind: "requests", ...this.#outgoing });
    this.#outgoing = undefined;
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "committed":
        return this.#committed(message.writes);
      case "synced":
        for (const { pending, result } of this.#unsynced.splice(0)) pending.resolve(result); // I3
        return;
      case "answers":
        for (const answer of message.answers) this.#pendingReads.shift()?.onAnswer(answer);
        return;
      case "failed":
        return this.#fail(message.message);
      case "opened":
      case "refused":
      case "closed":
        return;
    }
  }

  #committed(writes: readonly CommittedWrite[]): void {
    const answered = this.#pendingWrites.splice(0, writes.length).flatMap((pending, index) => {
      const write = writes[index];
      return write === undefined ? [] : [{ pending, ...write }];
    });
    const events = answered.flatMap(({ pending, result, createRevision }) =>
      result.kind === "ok" ? [toEvent(pending.request, result.revision, createRevision)] : [],
    );
    this.#revision = events.at(-1)?.revision ?? this.#revision;
    this.#watchers.publish(events);
    for (const { pending, result } of answered) {
      if (result.kind === "ok" && pending.request.durability === "durable") this.#unsynced.push({ pending, result });
      else pending.resolve(result);
    }
  }

  /** Nobody knows what became of the writes that wait: they are rejected, and nothing new is accepted. */
  #fail(message: string): void {
    this.#gone ??= message;
    const error = new Error(message);
    this.#logger.error("store failed", { error: message });
    for (const { pending } of this.#unsynced.splice(0)) pending.reject(error);
    for (const pending of [...this.#pendingWrites.splice(0), ...this.#pendingReads.splice(0)]) pending.reject(error);
    this.#send({ kind: "close" });
  }

  #exited(): void {
    const waiting = this.#pendingWrites.length + this.#pendingReads.length + this.#unsynced.length;
    if (waiting > 0) this.#fail("the store's thread ended");
    this.#gone ??= "the store's thread ended";
    this.#closed.resolve();
  }
}

function toEvent(request: WriteRequest, revision: number, createRevision: number): StoreEvent {
  return { type: request.op === "delete" ? "delete" : "put", key: request.key, revision, createRevision, value: request.value };
}
