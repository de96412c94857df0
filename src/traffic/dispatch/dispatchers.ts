/** All dispatchers of a gateway, and the drain gate over them. */
import type { DrainGate } from "../../api/ports/drain.ts";
import type { StatSink } from "../../api/ports/stats.ts";
import { abortable } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";
import type { BackendSpec, InstanceSpec } from "../routes/backend.ts";
import { unknownBackend } from "../routes/backend.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Instance } from "./instance.ts";
import { StatReporter } from "./stat-reporter.ts";

export interface DispatchersOptions {
  readonly gateway: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly statSink: StatSink;
  readonly dial: (target: InstanceSpec) => Promise<boolean>;
  /** An instance is gone and idle: connections to it can be closed. */
  readonly onGone: (target: InstanceSpec) => void;
}

/** Pods that were drained are remembered, so that a late EndpointSlice does not bring them back. */
const CLOSED_PODS_LIMIT = 20_000;

export class Dispatchers implements DrainGate {
  readonly #options: DispatchersOptions;
  readonly #byKey = new Map<string, Dispatcher>();
  /** Backends that are gone but still have requests in flight. */
  readonly #retired = new Set<Dispatcher>();
  readonly #closedPods = new Set<string>();
  readonly #drainWaiters = new Map<string, PromiseWithResolvers<void>>();
  readonly #reporter: StatReporter;

  constructor(options: DispatchersOptions) {
    this.#options = options;
    this.#reporter = new StatReporter(options);
  }

  get(key: string): Dispatcher | undefined {
    return this.#byKey.get(key);
  }

  /** The dispatcher of a backend that an Ingress names; it may know nothing about it yet. */
  ensure(key: string): Dispatcher {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const { clock, random, dial } = this.#options;
    const dispatcher = new Dispatcher(key, {
      clock,
      random,
      dial,
      isClosed: (podUid) => this.#closedPods.has(podUid),
      onDrained: (instance) => this.#onDrained(instance),
      onTraffic: (one) => this.#reporter.watch(one),
      onStarved: (one) => this.#reporter.poke(one),
    });
    this.#byKey.set(key, dispatcher);
    return dispatcher;
  }

  apply(key: string, spec: BackendSpec): void {
    this.ensure(key).apply(spec);
  }

  /** The backend is gone: nothing new goes to its instances, what is in flight ends on its own. */
  remove(key: string): void {
    const dispatcher = this.#byKey.get(key);
    if (dispatcher === undefined) return;
    // Instances go first: the limits of an unknown backend must not release what waits into instances that leave.
    dispatcher.apply({ settings: dispatcher.settings, instances: [] });
    dispatcher.apply({ settings: unknownBackend, instances: [] });
    if (dispatcher.waiting > 0) return; // they wait for their deadline or for the backend to come back
    this.#byKey.delete(key);
    this.#retired.add(dispatcher);
    this.#prune();
  }

  /**
   * The ask itself closes the pod, so an EndpointSlice that still calls it ready changes nothing: an unknown pod has
   * nothing in flight and never will have.
   */
  async drained(podUid: string, signal: AbortSignal): Promise<void> {
    this.#remember(podUid);
    for (const dispatcher of this.#all()) dispatcher.close(podUid);
    if (this.#inFlightOf(podUid) === 0) return;
    const waiter = this.#drainWaiters.get(podUid) ?? Promise.withResolvers<void>();
    this.#drainWaiters.set(podUid, waiter);
    await abortable(waiter.promise, signal);
  }

  dispose(): void {
    this.#reporter.dispose();
    for (const dispatcher of this.#all()) dispatcher.dispose();
  }

  #onDrained(instance: Instance): void {
    this.#options.onGone(instance.spec);
    const { podUid } = instance.spec;
    const waiter = this.#drainWaiters.get(podUid);
    if (waiter === undefined || this.#inFlightOf(podUid) > 0) return;
    this.#drainWaiters.delete(podUid);
    waiter.resolve();
  }

  #inFlightOf(podUid: string): number {
    let sum = 0;
    for (const dispatcher of this.#all()) sum += dispatcher.inFlightOf(podUid);
    return sum;
  }

  *#all(): Iterable<Dispatcher> {
    yield* this.#byKey.values();
    yield* this.#retired;
  }

  #prune(): void {
    for (const dispatcher of this.#retired) {
      if (dispatcher.concurrency > 0) continue;
      this.#retired.delete(dispatcher);
      dispatcher.dispose();
    }
  }

  #remember(podUid: string): void {
    this.#closedPods.add(podUid);
    if (this.#closedPods.size <= CLOSED_PODS_LIMIT) return;
    const oldest = this.#closedPods.values().next().value;
    if (oldest !== undefined) this.#closedPods.delete(oldest);
  }
}
