import type { KubeObject } from "../../../api/meta/object.ts";
import type { Clock, Timer } from "../../../std/clock.ts";
import type { CacheEvent, KindView } from "./kind-cache.ts";
import { project, type Matcher, type ProjectedEvent } from "./project.ts";

/** Turns events into bytes of one form; what it returns for the same event is shared between watchers. */
export interface EventEncoder {
  /** Encoders with the same id give the same bytes; "" is never shared. */
  readonly id: string;
  encode(type: ProjectedEvent["type"], object: KubeObject): Uint8Array;
  bookmark(revision: number, initialEventsEnd: boolean): Uint8Array;
}

export interface WatchStreamOptions {
  readonly cache: KindView;
  /** Key prefix within the kind: "" or `namespace/`. */
  readonly prefix: string;
  readonly matches: Matcher;
  /** Replay changes after this revision; undefined starts with the present state as ADDED. */
  readonly after: number | undefined;
  /** Ends the initial state with the annotated bookmark. */
  readonly endInitialEvents: boolean;
  readonly bookmarks: boolean;
  /** 0 is without end. */
  readonly timeoutMs: number;
  readonly encoder: EventEncoder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Revision that the whole cache has applied. */
  readonly revision: () => number;
}

const BOOKMARK_EVERY_MS = 60_000;
const BOOKMARK_BEFORE_END_MS = 2_000;
/** A watcher that is behind by more is cut off; its client begins again. */
const MAX_QUEUED_EVENTS = 5_000;
const CHUNK_BYTES = 64 * 1024;

type Item = Uint8Array | ProjectedEvent;

/**
 * One watch as a byte stream.
 *
 * - I1 every matching change after the start is sent once, in revision order, or the stream ends;
 * - I2 what waits is limited: `MAX_QUEUED_EVENTS` beyond the initial events;
 * - I3 the stream owns its timers and its subscription; they end with it.
 */
export class WatchStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #options: WatchStreamOptions;
  readonly #resources = new DisposableStack();
  #queue: Item[] = [];
  #head = 0;
  #limit = MAX_QUEUED_EVENTS;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;

  constructor(options: WatchStreamOptions) {
    this.#options = options;
    this.stream = new ReadableStream<Uint8Array>(
      { start: (controller) => this.#start(controller), pull: () => this.#pull(), cancel: () => this.#release() },
      { highWaterMark: 1 },
    );
  }

  #start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { cache, after, endInitialEvents, encoder, revision, signal } = this.#options;
    this.#controller = controller;
    if (after === undefined) {
      this.#enqueueState();
      if (endInitialEvents) this.#queue.push(encoder.bookmark(revision(), true));
    } else {
      this.#enqueueHistory(after);
    }
    this.#limit += this.#queue.length; // I2
    this.#resources.use(cache.subscribe((event) => this.#onEvent(event)));
    const onAbort = () => this.#finish();
    signal.addEventListener("abort", onAbort, { once: true });
    this.#resources.defer(() => signal.removeEventListener("abort", onAbort));
    this.#startTimers();
    if (signal.aborted) this.#finish();
  }

  #enqueueState(): void {
    const { cache, prefix, matches } = this.#options;
    for (const object of cache.list(prefix)) if (matches(object)) this.#queue.push({ type: "ADDED", object });
  }

  #enqueueHistory(after: number): void {
    const { cache } = this.#options;
    for (const event of cache.since(after)) {
      const projected = this.#project(event);
      if (projected !== undefined) this.#queue.push(projected);
    }
  }

  #startTimers(): void {
    const { bookmarks, timeoutMs } = this.#options;
    if (timeoutMs > 0) this.#timer(timeoutMs, () => this.#finish());
    if (!bookmarks) return;
    this.#repeatBookmark();
    if (timeoutMs > BOOKMARK_BEFORE_END_MS) this.#timer(timeoutMs - BOOKMARK_BEFORE_END_MS, () => this.#sendBookmark());
  }

  #repeatBookmark(): void {
    this.#timer(BOOKMARK_EVERY_MS, () => {
      this.#sendBookmark();
      this.#repeatBookmark();
    });
  }

  #timer(delayMs: number, callback: () => void): void {
    if (this.#ended) return;
    const timer: Timer = this.#options.clock.setTimer(delayMs, callback);
    timer.unref();
    this.#resources.use(timer);
  }

  #sendBookmark(): void {
    this.#send(this.#options.encoder.bookmark(this.#options.revision(), false));
  }

  #onEvent(event: CacheEvent): void {
    if (event.revision <= (this.#options.after ?? 0)) return; // a start in the future waits for it
    const projected = this.#project(event);
    if (projected !== undefined) this.#send(sharedBytes(event, projected, this.#options.encoder));
  }

  #project(event: CacheEvent): ProjectedEvent | undefined {
    const { prefix, matches } = this.#options;
    return event.key.startsWith(prefix) ? project(event, matches) : undefined;
  }

  #send(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#queue.length - this.#head >= this.#limit) return this.#finish(); // I2
    this.#queue.push(bytes);
    this.#pull();
  }

  /** Hands over what is wanted, in chunks of about `CHUNK_BYTES`. */
  #pull(): void {
    const controller = this.#controller;
    while (!this.#ended && controller !== undefined && (controller.desiredSize ?? 0) > 0) {
      const chunk = this.#takeChunk();
      if (chunk === undefined) return;
      controller.enqueue(chunk);
    }
  }

  #takeChunk(): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let size = 0;
    while (this.#head < this.#queue.length && size < CHUNK_BYTES) {
      const item = this.#queue[this.#head] as Item;
      this.#head += 1;
      const bytes = item instanceof Uint8Array ? item : this.#options.encoder.encode(item.type, item.object);
      parts.push(bytes);
      size += bytes.length;
    }
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    return parts.length <= 1 ? parts[0] : concat(parts, size);
  }

  /** Ends the stream; what was queued before is still read when the reader keeps up, else it is dropped with the rest. */
  #finish(): void {
    if (this.#ended) return;
    const rest = this.#queue.length - this.#head <= MAX_QUEUED_EVENTS ? this.#drainAll() : undefined;
    if (rest !== undefined) this.#controller?.enqueue(rest);
    this.#release();
    this.#controller?.close();
  }

  #drainAll(): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    for (let chunk = this.#takeChunk(); chunk !== undefined; chunk = this.#takeChunk()) parts.push(chunk);
    return parts.length === 0
      ? undefined
      : concat(
          parts,
          parts.reduce((sum, part) => sum + part.length, 0),
        );
  }

  #release(): void {
    this.#ended = true;
    this.#queue = [];
    this.#head = 0;
    this.#resources.dispose(); // I3
  }
}

/** Watchers see an event one after the other, so the forms of the latest one are all that is worth keeping. */
let latest: { readonly event: CacheEvent; readonly forms: Map<string, Uint8Array> } | undefined;

/** The bytes of an event, made once for all watchers of one form. */
function sharedBytes(event: CacheEvent, projected: ProjectedEvent, encoder: EventEncoder): Uint8Array {
  if (encoder.id === "") return encoder.encode(projected.type, projected.object);
  if (latest?.event !== event) latest = { event, forms: new Map() };
  const id = `${projected.type} ${encoder.id}`;
  const known = latest.forms.get(id);
  if (known !== undefined) return known;
  const bytes = encoder.encode(projected.type, projected.object);
  latest.forms.set(id, bytes);
  return bytes;
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
