import { Worker } from "node:worker_threads";
import { brokerKind } from "../../api/eventing/broker.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import { apiServerSourceKind } from "../../api/sources/api-server-source.ts";
import { pingSourceKind } from "../../api/sources/ping-source.ts";
import { emptyPlaneState, type EventPlaneState, type EventPlaneView } from "../../api/ports/events.ts";
import type { Client, Informers, Transport } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import { backoffMs } from "../../std/backoff.ts";
import { moduleUrl } from "../../std/module-url.ts";
import type { LoggerOptions } from "../../telemetry/logger.ts";
import { startEventThread } from "../../events/thread/start.ts";
import { withoutPlane } from "./observe-nothing.ts";
import { publishBrokerIngress } from "../bootstrap/broker-ingress.ts";
import type { World } from "../world.ts";

export interface EventsOptions {
  /** Of the main thread: tells when there is something to do. */
  readonly informers: Informers;
  /** For the plane's thread. */
  readonly transport: Transport;
  readonly client: Client;
  /** Of the journal. */
  readonly folder: string;
  readonly domain: string;
  readonly loggerOptions: LoggerOptions;
}

const BACKOFF = { initialMs: 200, maxMs: 30_000, jitter: 0.2 };

/** The event plane of a platform: it starts with the first Broker or source, so that nobody pays for what is not used. */
export class Events implements EventPlaneView, AsyncDisposable {
  readonly #world: World;
  readonly #options: EventsOptions;
  readonly #listeners = new Set<() => void>();
  readonly #end = new AbortController();
  readonly #watch: Disposable;
  #running: Promise<void> | undefined;
  #state: EventPlaneState = emptyPlaneState;
  #observe: Transport | undefined;

  constructor(world: World, options: EventsOptions) {
    this.#world = world;
    this.#options = options;
    const watches = new DisposableStack();
    for (const kind of [brokerKind, pingSourceKind, apiServerSourceKind] as readonly KindRef[]) {
      watches.use(options.informers.of(kind).subscribe(() => (this.#running ??= this.#run())));
    }
    this.#watch = watches;
  }

  /** The API group observe.kinetic.dev; before the first Broker there is nothing to see. */
  readonly observe: Transport = (request) => (this.#observe ?? withoutPlane)(request);

  broker(uid: string): ReturnType<EventPlaneView["broker"]> {
    return this.#state.brokers[uid];
  }

  trigger(uid: string): ReturnType<EventPlaneView["trigger"]> {
    return this.#state.triggers[uid];
  }

  source(uid: string): ReturnType<EventPlaneView["source"]> {
    return this.#state.sources[uid];
  }

  subscribe(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch[Symbol.dispose]();
    this.#end.abort(new Error("the platform stops"));
    await this.#running;
  }

  /** A plane that ends is started again: what it had accepted is in the journal. */
  async #run(): Promise<void> {
    const { clock, random, logger } = this.#world;
    for (let failures = 0; !this.#end.signal.aborted; failures++) {
      try {
        await this.#runOnce();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        logger.error("the event plane ended, it is started again", { error });
        this.#take(emptyPlaneState);
        await delay(clock, backoffMs(failures, BACKOFF, random), this.#end.signal).catch(() => {});
      }
    }
  }

  async #runOnce(): Promise<void> {
    const { transport, client, folder, domain, loggerOptions } = this.#options;
    const worker = new Worker(moduleUrl(import.meta.url, "../workers/events"), { workerData: loggerOptions, name: "events" });
    const config = { folder, ingress: { host: "127.0.0.1", port: 0 } };
    await using thread = await startEventThread(worker, { transport, config, onState: (state) => this.#take(state) });
    this.#observe = thread.observe;
    using _forget = { [Symbol.dispose]: () => void (this.#observe = undefined) };
    await publishBrokerIngress(client, { port: thread.port, domain });
    const stopped = Promise.withResolvers<undefined>();
    this.#end.signal.addEventListener("abort", () => stopped.resolve(undefined), { once: true });
    if (this.#end.signal.aborted) return;
    const error = await Promise.race([thread.ended, stopped.promise]);
    if (error !== undefined) throw error;
  }

  #take(state: EventPlaneState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
