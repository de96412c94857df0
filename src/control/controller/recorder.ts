import type { Event, ObjectReference } from "../../api/k8s/types.generated.ts";
import { apiVersionOf, type KindRef } from "../../api/meta/kind.ts";
import { keyOf, type KubeObject } from "../../api/meta/object.ts";
import { delay } from "../../std/abort.ts";
import { rfc3339, type Clock } from "../../std/clock.ts";
import { hash53 } from "../../std/hash.ts";
import type { Logger } from "../../std/logger.ts";
import type { Client } from "../../client/types.ts";

/** An occurrence that people read with `kubectl describe`. */
export interface Occurrence<T extends KubeObject = KubeObject> {
  readonly kind: KindRef<T>;
  readonly object: T;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** Tells people. Never throws and never makes a reconciler wait. */
export interface Recorder {
  record<T extends KubeObject>(occurrence: Occurrence<T>): void;
}

export interface RecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who speaks, e.g. `deployment-controller`: source.component. */
  readonly component: string;
}

const EVENTS: KindRef<Event> = { group: "", version: "v1", kind: "Event", plural: "events", namespaced: true };
/** As client-go: bursts of 25 an object, then one in five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;
const REMEMBERED = 4096;
const MAX_WAITING = 1000;
/** Events tell people afterwards; for this long they leave the machine to the work that they tell of. */
const DEFER_MS = 100;

/**
 * Writes core/v1 Events.
 *
 * - I1 the same occurrence again raises the count of its Event instead of making another.
 * - I2 one object gets at most BURST events at once and one each REFILL_MS after that.
 * - I3 Events are written one after another, a moment later and behind the reconciler's back; beyond
 *   MAX_WAITING they are dropped and counted.
 */
export function createRecorder(options: RecorderOptions): Recorder & AsyncDisposable {
  return new EventRecorder(options);
}

class EventRecorder implements Recorder, AsyncDisposable {
  readonly #options: RecorderOptions;
  /** Names of the Events that were written, by the hash of what they say: there are thousands of them. */
  readonly #known = new Map<number, string>();
  /** When an object could say BURST things at once again, by uid; monotonic milliseconds. */
  readonly #fullAt = new Map<string, number>();
  #waiting = 0;
  #dropped = 0;
  readonly #flush = new AbortController();
  #sequence = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  record<T extends KubeObject>(occurrence: Occurrence<T>): void {
    if (!this.#allowed(occurrence.object.metadata.uid ?? "")) return; // I2
    if (this.#waiting >= MAX_WAITING) {
      this.#dropped += 1;
      return; // I3
    }
    const now = this.#options.clock.now();
    const event = makeEvent(occurrence as Occurrence, { component: this.#options.component, now, suffix: this.#suffix(now) });
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => this.#defer(now + DEFER_MS))
      .then(() => this.#write(event))
      .finally(() => void (this.#waiting -= 1));
  }

  /** Waits until what was recorded is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#flush.abort();
    await this.#last;
    if (this.#dropped > 0) this.#options.logger.warn("events were dropped", { component: this.#options.component, count: this.#dropped });
  }

  async #defer(until: number): Promise<void> {
    const { signal } = this.#flush;
    const waitMs = until - this.#options.clock.now();
    if (waitMs > 0 && !signal.aborted) await delay(this.#options.clock, waitMs, signal).catch(() => {});
  }

  /** Nanoseconds in hex, as client-go makes it; the lowest digits tell events of one millisecond apart. */
  #suffix(now: number): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000;
    return (BigInt(Math.floor(now)) * 1_000_000n + BigInt(this.#sequence)).toString(16);
  }

  #allowed(uid: string): boolean {
    const now = Math.floor(this.#options.clock.monotonicMs());
    const fullAt = Math.max(now, this.#fullAt.get(uid) ?? now);
    if (fullAt - now > (BURST - 1) * REFILL_MS) return false;
    remember(this.#fullAt, uid, fullAt + REFILL_MS);
    return true;
  }

  async #write(event: Event): Promise<void> {
    const id = hash53(identity(event));
    const known = this.#known.get(id);
    try {
      if (known !== undefined && (await this.#count(known, event))) return; // I1
      const { metadata } = await this.#options.client.create(EVENTS, event);
      remember(this.#known, id, metadata.name ?? "");
    } catch (error) {
      this.#options.logger.debug("event was not written", { component: this.#options.component, reason: event.reason, error });
    }
  }

  /** Whether the earlier Event was still there to count on. */
  async #count(name: string, event: Event): Promise<boolean> {
    const key = { ...keyOf(event), name };
    const known = await this.#options.client.get(EVENTS, key);
    if (known === undefined) return false;
    const body = { count: (known.count ?? 1) + 1, lastTimestamp: event.lastTimestamp };
    await this.#options.client.patch(EVENTS, key, { type: "merge", body });
    return true;
  }
}

interface EventContext {
  readonly component: string;
  readonly now: number;
  readonly suffix: string;
}

function makeEvent({ kind, object, type, reason, message }: Occurrence, { component, now, suffix }: EventContext): Event {
  const namespace = object.metadata.namespace ?? "default";
  const stamp = rfc3339(now);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${object.metadata.name ?? "unknown"}.${suffix}`, namespace },
    involvedObject: referenceTo(kind, object),
    reason,
    message,
    type,
    source: { component },
    reportingComponent: component,
    reportingInstance: "",
    firstTimestamp: stamp,
    lastTimestamp: stamp,
    count: 1,
  };
}

/** How one object names another: by kind, name and uid. */
export function referenceTo(kind: KindRef, object: KubeObject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(namespace ? { namespace } : {}), name, uid, resourceVersion };
}

function identity({ involvedObject, type, reason, message }: Event): string {
  return JSON.stringify([involvedObject.kind, involvedObject.namespace, involvedObject.name, involvedObject.uid, type, reason, message]);
}

/** Sets the newest entry and forgets the oldest beyond the limit. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
