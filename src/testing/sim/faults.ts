import { apiError, conflict, OBJECT_MODIFIED } from "../../api/meta/errors.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import { withFaults, type ClientCall, type Interceptor } from "../../client/faults.ts";
import type { Client, Transport, WatchEvent, WatchOptions } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import type { Random } from "../../std/random.ts";
import { between, type SimContext } from "./context.ts";

const WRITES = new Set<ClientCall["verb"]>(["create", "update", "updateStatus", "patch", "delete"]);
/** Longest delay of a call or of a watch event, milliseconds: what a busy machine does. */
const LONGEST_DELAY_MS = 120;
/** More calls than this without any time going by are a loop. */
const MAX_CALLS_AT_ONCE = 1_500;
const never = new AbortController().signal;

/** What goes wrong between the platform's parts and the API server, by seed. */
export class Faults {
  /** Share of calls that go wrong, 0 to 1. */
  rate = 0;
  /** Events of watches come this late, milliseconds. */
  watchLagMs = 0;
  readonly #context: SimContext;
  readonly #random: Random;
  readonly #watches = new Set<AbortController>();
  #down = false;
  #instant = 0;
  #callsNow = 0;

  constructor(context: SimContext) {
    this.#context = context;
    this.#random = context.stream("faults");
  }

  get active(): boolean {
    return this.rate > 0 || this.watchLagMs > 0 || this.#down;
  }

  /** Nothing goes wrong from here on. */
  stop(): void {
    this.rate = 0;
    this.watchLagMs = 0;
    this.#down = false;
  }

  /** The API server does not answer at all; open watches break. */
  setDown(down: boolean): void {
    this.#down = down;
    if (down) this.breakWatches();
  }

  /** Cuts every open watch, as a proxy that restarts does. Answers how many there were. */
  breakWatches(): number {
    const open = [...this.#watches];
    for (const watch of open) watch.abort(new TypeError("the connection was reset"));
    return open.length;
  }

  transport(inner: Transport): Transport {
    return (request) => (this.#down ? Promise.reject(new TypeError("connection refused")) : inner(request));
  }

  client(inner: Client): Client {
    const faulty = withFaults(inner, this.#interceptor);
    return { ...faulty, watch: (kind, options, signal) => this.#watch(faulty, { kind, options, signal }) };
  }

  readonly #interceptor: Interceptor = async (call, proceed) => {
    if (this.#isLooping(call)) return new Promise(() => {}); // or the simulation would never end
    if (this.rate === 0 || this.#random() >= this.rate || call.kind.kind === "Lease") return proceed();
    const chance = this.#random();
    if (chance < 0.4) await delay(this.#context.clock, between(this.#random, 1, LONGEST_DELAY_MS), never);
    else if (chance < 0.6) throw this.#refused(call);
    else if (chance < 0.75 && WRITES.has(call.verb) && call.verb !== "create") {
      throw conflict(call.kind, call.key?.name ?? "", OBJECT_MODIFIED);
    } else if (chance < 0.9) return this.#lost(call, proceed);
    return proceed();
  };

  #isLooping({ verb, kind, key }: ClientCall): boolean {
    const now = this.#context.clock.now();
    this.#callsNow = now === this.#instant ? this.#callsNow + 1 : 0;
    this.#instant = now;
    if (this.#callsNow < MAX_CALLS_AT_ONCE) return false;
    this.#context.violated(`a hot loop: ${MAX_CALLS_AT_ONCE} calls in no time, the last is ${verb} ${kind.kind} ${key?.name ?? ""}`);
    return true;
  }

  #refused(call: ClientCall): Error {
    this.#tell("refused", call);
    return apiError("ServiceUnavailable", "the simulated server is busy");
  }

  async #lost(call: ClientCall, proceed: () => Promise<unknown>): Promise<never> {
    await proceed();
    this.#tell("lost the answer of", call);
    throw new TypeError("the connection was reset before the answer");
  }

  #tell(what: string, { verb, kind, key }: ClientCall): void {
    this.#context.note(`fault: ${what} ${verb} ${kind.kind} ${key?.name ?? ""}`);
  }

  async *#watch<T extends KubeObject>(client: Client, call: WatchCall<T>): AsyncGenerator<WatchEvent<T>> {
    const broken = new AbortController();
    this.#watches.add(broken);
    try {
      for await (const event of client.watch(call.kind, call.options, AbortSignal.any([call.signal, broken.signal]))) {
        if (this.watchLagMs > 0) await delay(this.#context.clock, between(this.#random, 0, this.watchLagMs), never);
        if (broken.signal.aborted) break;
        yield event;
      }
      broken.signal.throwIfAborted();
    } finally {
      this.#watches.delete(broken);
    }
  }
}

interface WatchCall<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly options: WatchOptions;
  readonly signal: AbortSignal;
}
