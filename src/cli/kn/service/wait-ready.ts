import { findCondition, type Condition } from "../../../api/meta/conditions.ts";
import { isGone } from "../../../api/meta/errors.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { delay } from "../../../std/abort.ts";
import type { Timer } from "../../../std/clock.ts";
import type { WaitSettings } from "../flags.ts";
import type { Context } from "../kn.ts";

/** An object with conditions, as far as waiting looks at it. */
export type Waitable = KubeObject & {
  status?: { observedGeneration?: number | undefined; conditions?: readonly Condition[] | undefined } | undefined;
};

export interface Wait<T extends Waitable> extends WaitSettings {
  readonly kind: KindRef<T>;
  readonly name: string;
  /** Called with each message of the Ready condition and the time since the wait began. */
  readonly onMessage: (elapsedMs: number, message: string) => void;
}

export type WaitOutcome =
  | { readonly kind: "ready"; readonly elapsedMs: number }
  | { readonly kind: "timeout" }
  /** Ready was False for the whole window; reason and message as they first were. */
  | { readonly kind: "failed"; readonly reason: string; readonly message: string };

/** After a closed watch, before the next. */
const REOPEN_MS = 1_000;
/** Between two reads, where nothing can be watched. */
const POLL_MS = 1_000;
/** How much longer than the wait the server may keep the watch. */
const WATCH_MARGIN_MS = 30_000;

/**
 * Waits until the object is Ready:
 * - W1 the state at the start counts like an event, so nothing that happened before the watch is missed;
 * - W2 of a watch only MODIFIED counts, and only once status belongs to the current generation;
 * - W3 False starts the error window, Unknown ends it, True ends the wait;
 * - W4 a watch that ends is opened again from the same version, so history in between is replayed;
 * - W5 where nothing can be watched, the object is read every second instead.
 */
export async function waitReady<T extends Waitable>(context: Context, wait: Wait<T>): Promise<WaitOutcome> {
  const { clock, client, namespace } = context;
  const start = clock.monotonicMs();
  const { promise, resolve, reject } = Promise.withResolvers<WaitOutcome>();
  using judge = new Judge(context, wait, start, resolve);
  const first = await client.get(wait.kind, { namespace, name: wait.name });
  if (first !== undefined && judge.take(first)) return promise; // W1
  const ended = new AbortController();
  const timer = clock.setTimer(wait.timeoutMs, () => resolve({ kind: "timeout" }));
  const signal = AbortSignal.any([ended.signal, context.signal]);
  const watching = follow(context, wait, { judge, version: first?.metadata.resourceVersion ?? "", signal }).catch(reject);
  try {
    return await promise;
  } finally {
    timer[Symbol.dispose]();
    ended.abort();
    await watching;
  }
}

interface Following<T extends Waitable> {
  readonly judge: Judge<T>;
  readonly version: string;
  readonly signal: AbortSignal;
}

async function follow<T extends Waitable>(context: Context, wait: Wait<T>, { judge, version, signal }: Following<T>): Promise<void> {
  const options = {
    namespace: context.namespace,
    fieldSelector: `metadata.name=${wait.name}`,
    timeoutSeconds: Math.ceil((wait.timeoutMs + WATCH_MARGIN_MS) / 1000),
  };
  let resourceVersion = version;
  while (!signal.aborted) {
    try {
      for await (const event of context.client.watch(wait.kind, { ...options, resourceVersion }, signal)) {
        if (event.type === "MODIFIED" && judge.take(event.object)) return; // W2
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isGone(error)) return poll(context, wait, { judge, version: resourceVersion, signal }); // W5
      const current = await context.client.get(wait.kind, { namespace: context.namespace, name: wait.name });
      resourceVersion = current?.metadata.resourceVersion ?? "";
      if (current !== undefined && judge.take(current)) return;
    }
    await delay(context.clock, REOPEN_MS, signal).catch(() => {}); // W4
  }
}

/** Reads the object until its state ends the wait; each version counts once. */
async function poll<T extends Waitable>(context: Context, wait: Wait<T>, { judge, version, signal }: Following<T>): Promise<void> {
  let seen = version;
  for (;;) {
    await delay(context.clock, POLL_MS, signal).catch(() => {});
    if (signal.aborted) return;
    const current = await context.client.get(wait.kind, { namespace: context.namespace, name: wait.name });
    if (current === undefined || current.metadata.resourceVersion === seen) continue;
    seen = current.metadata.resourceVersion ?? "";
    if (judge.take(current)) return;
  }
}

/** What the states of the object add up to. */
class Judge<T extends Waitable> implements Disposable {
  readonly #context: Context;
  readonly #wait: Wait<T>;
  readonly #startMs: number;
  readonly #end: (outcome: WaitOutcome) => void;
  #window: Timer | undefined;

  constructor(...[context, wait, startMs, end]: [Context, Wait<T>, number, (outcome: WaitOutcome) => void]) {
    this.#context = context;
    this.#wait = wait;
    this.#startMs = startMs;
    this.#end = end;
  }

  /** True when the wait is over. */
  take(object: T): boolean {
    if ((object.metadata.generation ?? 0) !== (object.status?.observedGeneration ?? 0)) return false; // W2
    const ready = findCondition(object.status?.conditions, "Ready");
    if (ready === undefined) return false;
    const elapsedMs = this.#context.clock.monotonicMs() - this.#startMs;
    if (ready.status === "True") {
      // W3
      this.#end({ kind: "ready", elapsedMs });
      return true;
    }
    if (ready.status === "False") this.#startWindow(ready);
    else this[Symbol.dispose]();
    if (ready.message !== undefined && ready.message !== "") this.#wait.onMessage(elapsedMs, ready.message);
    return false;
  }

  #startWindow({ reason = "", message = "" }: Condition): void {
    this.#window ??= this.#context.clock.setTimer(this.#wait.windowMs, () => this.#end({ kind: "failed", reason, message }));
  }

  [Symbol.dispose](): void {
    this.#window?.[Symbol.dispose]();
    this.#window = undefined;
  }
}
