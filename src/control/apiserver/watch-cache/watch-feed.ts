import type { Clock, Timer } from "../../../std/clock.ts";
import type { PastChange } from "./change-log.ts";
import type { CacheEvent, KindView } from "./kind-cache.ts";
import { project, type Matcher, type ProjectedEvent } from "./project.ts";

/** What a watch gives for each event: bytes of a line, or the event as a value. */
export interface EventForm<T> {
  event(projected: ProjectedEvent): T;
  bookmark(revision: number, initialEventsEnd: boolean): T;
  /** As `event`, for one that just happened: other watchers are told of the same. */
  live(projected: ProjectedEvent, event: CacheEvent): T;
}

export interface WatchOptions {
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
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Revision that the whole cache has applied. */
  readonly revision: () => number;
  readonly meter?: WatchMeter;
}

/** Counts watches and what they are given. */
export interface WatchMeter {
  /** The watch ends when this is disposed. */
  began(): Disposable;
  gave(): void;
}

const BOOKMARK_EVERY_MS = 60_000;
const BOOKMARK_BEFORE_END_MS = 2_000;
/** A watcher that is behind by more is cut off; its client begins again. */
const MAX_QUEUED_EVENTS = 5_000;

/** Changes of the past that are read from the store at a time. */
const RESTORED_AT_ONCE = 100;

/** What waits: in its form already, or what takes its form when it is its turn. */
type Item<T> =
  | { readonly form: T }
  | { readonly projected: ProjectedEvent }
  | { readonly event: CacheEvent }
  | { readonly past: PastChange };

/**
 * One watch, to be taken event by event.
 *
 * - I1 every matching change after the start is given once, in revision order, or the feed ends;
 * - I2 what waits is limited: `MAX_QUEUED_EVENTS` beyond the initial events;
 * - I3 the feed owns its timers and its subscription; they end with it. What was queued when it ended can still be taken, up to
 *   the first change that is in the store only.
 */
export class WatchFeed<T> implements Disposable {
  /** Called when there is something to take, or the feed has ended. */
  onChange: () => void = () => {};
  readonly #options: WatchOptions;
  readonly #form: EventForm<T>;
  readonly #resources = new DisposableStack();
  #queue: Item<T>[] = [];
  #head = 0;
  #limit = MAX_QUEUED_EVENTS;
  #ended = false;
  #restoring = false;

  constructor(options: WatchOptions, form: EventForm<T>) {
    this.#options = options;
    this.#form = form;
    this.#start();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next event, if there is one. */
  take(): T | undefined {
    for (;;) {
      const item = this.#queue[this.#head];
      if (item === undefined) return undefined;
      if ("past" in item) return void this.#restore();
      this.#head += 1;
      if (this.#head === this.#queue.length) this.#clear();
      const form = this.#formOf(item);
      if (form === undefined) continue;
      this.#options.meter?.gave();
      return form;
    }
  }

  [Symbol.dispose](): void {
    this.#clear();
    this.#finish();
  }

  #start(): void {
    const { cache, after, endInitialEvents, revision, signal, meter } = this.#options;
    if (meter !== undefined) this.#resources.use(meter.began());
    if (after === undefined) {
      this.#enqueueState();
      if (endInitialEvents) this.#queue.push({ form: this.#form.bookmark(revision(), true) });
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
    for (const object of cache.list(prefix)) if (matches(object)) this.#queue.push({ projected: { type: "ADDED", object } });
  }

  #enqueueHistory(after: number): void {
    const { cache, prefix } = this.#options;
    for (const past of cache.since(after)) {
      if (!past.key.startsWith(prefix)) continue;
      const event = cache.eventOf(past);
      this.#queue.push(event === undefined ? { past } : { event });
    }
  }

  #formOf(item: Exclude<Item<T>, { past: PastChange }>): T | undefined {
    if ("form" in item) return item.form;
    const projected = "event" in item ? this.#project(item.event) : item.projected;
    return projected && this.#form.event(projected);
  }

  /** Gets the events of the changes that are next. A change that the store has forgotten meanwhile ends the feed. */
  async #restore(): Promise<void> {
    if (this.#restoring || this.#ended) return;
    this.#restoring = true;
    const changes = pastFrom(this.#queue, this.#head);
    const events = await this.#options.cache.restore(changes).catch(() => []);
    this.#restoring = false;
    if (this.#queue.length === 0) return; // it was disposed
    this.#queue.splice(this.#head, changes.length, ...events.map((event) => ({ event })));
    if (events.length < changes.length) {
      this.#queue.length = this.#head + events.length;
      this.#finish();
    }
    this.onChange();
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
    this.#send(this.#form.bookmark(this.#options.revision(), false));
  }

  #onEvent(event: CacheEvent): void {
    if (event.revision <= (this.#options.after ?? 0)) return; // a start in the future waits for it
    const projected = this.#project(event);
    if (projected !== undefined) this.#send(this.#form.live(projected, event));
  }

  #project(event: CacheEvent): ProjectedEvent | undefined {
    const { prefix, matches } = this.#options;
    return event.key.startsWith(prefix) ? project(event, matches) : undefined;
  }

  #send(form: T): void {
    if (this.#ended) return;
    if (this.#queue.length - this.#head >= this.#limit) return this[Symbol.dispose](); // I2
    this.#queue.push({ form });
    this.onChange();
  }

  #clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resources.dispose(); // I3
    this.onChange();
  }
}

/** The changes at the head of the queue that are to be restored, as many as are read at once. */
function pastFrom<T>(queue: readonly Item<T>[], head: number): PastChange[] {
  const found: PastChange[] = [];
  for (let index = head; index < queue.length && found.length < RESTORED_AT_ONCE; index++) {
    const item = queue[index] as Item<T>;
    if (!("past" in item)) break;
    found.push(item.past);
  }
  return found;
}

/** The events of a feed one by one; the feed ends when its reader leaves. */
export async function* feedEvents<T>(feed: WatchFeed<T>): AsyncGenerator<T> {
  using _feed = feed;
  for (;;) {
    for (let event = feed.take(); event !== undefined; event = feed.take()) yield event;
    if (feed.ended) return;
    await new Promise<void>((resolve) => (feed.onChange = resolve));
  }
}
