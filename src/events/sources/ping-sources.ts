import type { Clock, Timer } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { attributesOf, type Emitter, type SourceIdentity } from "./emitter.ts";
import { parsePingSchedule, type PingSchedule } from "../../api/sources/ping-schedule.ts";

/** A PingSource, as it is run. */
export interface PingSpec extends SourceIdentity {
  readonly schedule: string;
  readonly timezone?: string;
  readonly contentType?: string;
  readonly data?: Uint8Array;
  /** `latest`: of the times that were missed while nothing ran, the last one is made up for. */
  readonly catchUp: "none" | "latest";
  /** Epoch milliseconds of the last event, where it is remembered. */
  readonly lastMs?: number;
}

export interface PingWorld {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emitter: Emitter;
  readonly newId: () => string;
  /** Remembers when a source with `catchUp` fired. */
  fired?(spec: PingSpec, atMs: number): void;
}

/** A wall clock may be set while we wait, so a wait is looked at again this often. */
const MAX_WAIT_MS = 60_000;
/** Events of one source that wait for the journal; a tick beyond that is told and left out. */
const MAX_WAITING = 100;

/** Fires each PingSource at its times. */
export class PingSources implements AsyncDisposable {
  readonly #world: PingWorld;
  readonly #running = new Map<string, RunningPing>();

  constructor(world: PingWorld) {
    this.#world = world;
  }

  /** From now on exactly these. One that did not change goes on undisturbed. */
  apply(specs: readonly PingSpec[]): void {
    const wanted = new Map(specs.map((spec) => [spec.uid, spec]));
    for (const [uid, ping] of this.#running) {
      if (ping.isSame(wanted.get(uid))) continue;
      ping[Symbol.dispose]();
      this.#running.delete(uid);
    }
    for (const [uid, spec] of wanted) {
      const parsed = this.#running.has(uid) ? undefined : parsePingSchedule(spec.schedule, spec.timezone);
      if (parsed?.kind === "ok") this.#running.set(uid, new RunningPing(this.#world, spec, parsed.schedule));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const emitting = [...this.#running.values()].map((ping) => ping.emitting);
    this.apply([]);
    await Promise.allSettled(emitting.flatMap((set) => [...set]));
  }
}

class RunningPing implements Disposable {
  readonly #world: PingWorld;
  readonly #spec: PingSpec;
  readonly #schedule: PingSchedule;
  readonly #end = new AbortController();
  readonly emitting = new Set<Promise<void>>();
  /** Times up to here are done with. */
  #doneMs: number;
  #timer: Timer | undefined;

  constructor(world: PingWorld, spec: PingSpec, schedule: PingSchedule) {
    this.#world = world;
    this.#spec = spec;
    this.#schedule = schedule;
    const now = world.clock.now();
    this.#doneMs = spec.catchUp === "latest" ? Math.min(spec.lastMs ?? now, now) : now;
    this.#look();
  }

  isSame(spec: PingSpec | undefined): boolean {
    if (spec === undefined) return false;
    const { lastMs: _old, ...before } = this.#spec;
    const { lastMs: _new, ...after } = spec;
    return JSON.stringify(before) === JSON.stringify(after);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#end.abort(new Error("the source ends"));
  }

  /** However many times have passed, one event is made: of a machine that slept, nobody wants an hour of them at once. */
  #look(): void {
    const now = this.#world.clock.now();
    if (this.#doneMs > now + MAX_WAIT_MS) this.#doneMs = now; // the clock was set back
    const next = this.#schedule.next(this.#doneMs);
    if (next === undefined) return;
    if (next <= now) {
      this.#fire(now);
      this.#doneMs = now;
      return this.#look();
    }
    this.#timer = this.#world.clock.setTimer(Math.min(next - now, MAX_WAIT_MS), () => this.#look());
  }

  #fire(now: number): void {
    const { namespace, name } = this.#spec;
    if (this.emitting.size >= MAX_WAITING)
      return this.#world.logger.warn("a ping is left out: the journal takes none", { namespace, name });
    const work = this.#world.emitter
      .emit(this.#spec, pingEvent(this.#spec, this.#world.newId(), now), this.#end.signal)
      .then(() => (this.#spec.catchUp === "latest" ? this.#world.fired?.(this.#spec, now) : undefined))
      .catch((error: unknown) => {
        if (!this.#end.signal.aborted) this.#world.logger.error("a ping was not sent", { namespace, name, error });
      })
      .finally(() => this.emitting.delete(work));
    this.emitting.add(work);
  }
}

export function pingSourceUri(namespace: string, name: string): string {
  return `/apis/v1/namespaces/${namespace}/pingsources/${name}`;
}

function pingEvent({ namespace, name, contentType, data }: PingSpec, id: string, now: number): CloudEvent {
  const attributes = attributesOf({
    specversion: "1.0",
    id,
    source: pingSourceUri(namespace, name),
    type: "dev.knative.sources.ping",
    time: new Date(now).toISOString(),
    datacontenttype: data === undefined ? undefined : contentType,
  });
  return data === undefined ? { attributes } : { attributes, data };
}
