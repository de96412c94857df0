/** The loop around one backend's assignment: measures concurrency, asks for instances, makes suspects prove themselves. */
import { backoffMs } from "../../std/backoff.ts";
import type { Clock, Timer } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";
import type { StartFailure } from "../../api/serving/revision-lifecycle.ts";
import type { RevisionStat } from "../../api/ports/stats.ts";
import type { BackendSettings, BackendSpec, InstanceSpec } from "../routes/backend.ts";
import { unknownBackend } from "../routes/backend.ts";
import type { Entry } from "./assignment.ts";
import { Assignment } from "./assignment.ts";
import { ConcurrencyMeter } from "./concurrency-meter.ts";
import type { Instance, Ticket } from "./instance.ts";

/** What every dispatcher of a gateway shares. */
export interface DispatchWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether something accepts connections there. */
  readonly dial: (target: InstanceSpec) => Promise<boolean>;
  readonly isClosed: (podUid: string) => boolean;
  readonly onDrained: (instance: Instance) => void;
  /** The dispatcher has traffic: its numbers belong into the next report. */
  readonly onTraffic: (dispatcher: Dispatcher) => void;
  /** A request waits and the autoscaler should know now. */
  readonly onStarved: (dispatcher: Dispatcher) => void;
}

/** At least what upstream's activator lets wait for one revision. */
const QUEUE_LIMIT = 10_000;
const QUEUE_PER_SLOT = 10;
/** With instances present, how often waiting requests may ask for more. */
const POKE_INTERVAL_MS = 100;
const SUSPECT_BACKOFF = { initialMs: 20, maxMs: 1_000, factor: 1.4 };

export class Dispatcher {
  /** `namespace/name` of the Revision, or `namespace/name:port` of a Service. */
  readonly key: string;
  settings: BackendSettings = unknownBackend;
  readonly #world: DispatchWorld;
  readonly #assignment: Assignment;
  readonly #meter: ConcurrencyMeter;
  readonly #probes = new Map<Instance, Timer>();
  #startFailure: StartFailure | undefined;
  #pokedAt = Number.NEGATIVE_INFINITY;
  /** Owned by the reporter: whether the dispatcher is in its set. */
  reported = false;

  constructor(key: string, world: DispatchWorld) {
    this.key = key;
    this.#world = world;
    this.#assignment = new Assignment(world);
    this.#meter = new ConcurrencyMeter(world.clock.monotonicMs());
    this.#assignment.configure(0, QUEUE_LIMIT);
  }

  apply(spec: BackendSpec): void {
    const limit = spec.settings.containerConcurrency;
    this.settings = spec.settings;
    this.#assignment.configure(limit, Math.max(QUEUE_LIMIT, limit * QUEUE_PER_SLOT));
    this.#assignment.update(spec.instances);
    this.#startFailure = spec.startFailure;
    if (this.startFailure !== undefined) this.#refuse(this.startFailure);
  }

  /** Why requests need not wait; undefined while there is an instance or the hope of one. */
  get startFailure(): StartFailure | undefined {
    return this.#assignment.hasInstances ? undefined : this.#startFailure;
  }

  #refuse(failure: StartFailure): void {
    const now = this.#world.clock.monotonicMs();
    for (const ticket of this.#assignment.takeWaiting()) {
      this.#meter.depart(now);
      ticket.refused(failure);
    }
  }

  /** Takes the request in. It counts until `done` or `withdraw`; not when `full`. */
  enter(ticket: Ticket): Entry {
    const now = this.#world.clock.monotonicMs();
    if (!this.reported) {
      this.#meter.restart(now);
      this.#world.onTraffic(this);
    }
    this.#meter.arrive(now);
    const entry = this.#assignment.enter(ticket);
    if (entry === "full") this.#meter.depart(now);
    if (entry === "waiting") this.#starve(now);
    return entry;
  }

  done(instance: Instance): void {
    this.#meter.depart(this.#world.clock.monotonicMs());
    this.#assignment.leave(instance);
  }

  /** The instance did not take the connection; the request waits for another. */
  retry(ticket: Ticket, instance: Instance): void {
    this.#assignment.retry(ticket, instance);
    this.#probe(instance, 0);
    if (this.#assignment.waiting > 0) this.#starve(this.#world.clock.monotonicMs());
  }

  withdraw(ticket: Ticket): void {
    if (this.#assignment.withdraw(ticket)) this.#meter.depart(this.#world.clock.monotonicMs());
  }

  close(podUid: string): void {
    this.#assignment.close(podUid);
  }

  inFlightOf(podUid: string): number {
    return this.#assignment.inFlightOf(podUid);
  }

  get waiting(): number {
    return this.#assignment.waiting;
  }

  /** Requests in flight or waiting. */
  get concurrency(): number {
    return this.#meter.concurrency;
  }

  get hasReadyInstance(): boolean {
    return this.#assignment.usable.length > 0;
  }

  /** Numbers since the last call. */
  takeStat(now: number): RevisionStat {
    return { revision: this.key, queued: this.waiting, ...this.#meter.take(now) };
  }

  /** The state of this moment, which leaves the running average alone. */
  peekStat(): RevisionStat {
    const concurrency = this.#meter.concurrency;
    return { revision: this.key, averageConcurrency: concurrency, concurrency, queued: this.waiting, requestCount: 0 };
  }

  dispose(): void {
    for (const timer of this.#probes.values()) timer[Symbol.dispose]();
    this.#probes.clear();
  }

  /** From zero at once, otherwise at most ten times a second. */
  #starve(now: number): void {
    const first = this.waiting === 1 && !this.hasReadyInstance;
    if (!first && now - this.#pokedAt < POKE_INTERVAL_MS) return;
    this.#pokedAt = now;
    this.#world.onStarved(this);
  }

  /** Dials a suspect until it answers or is gone. */
  #probe(instance: Instance, attempt: number): void {
    if (this.#probes.has(instance) && attempt === 0) return;
    const again = () => {
      void this.#world.dial(instance.spec).then((accepted) => {
        if (accepted || instance.closed || !this.#probes.has(instance)) return this.#cleared(instance);
        return this.#probe(instance, attempt + 1);
      });
    };
    this.#probes.set(instance, this.#world.clock.setTimer(backoffMs(attempt, SUSPECT_BACKOFF, this.#world.random), again));
  }

  #cleared(instance: Instance): void {
    this.#probes.delete(instance);
    if (!instance.closed) this.#assignment.trust(instance);
  }
}
