import { conflict, OBJECT_MODIFIED } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import { delay } from "../std/abort.ts";
import type { Clock } from "../std/clock.ts";
import type { Client } from "./types.ts";

export type Verb = "get" | "list" | "create" | "update" | "updateStatus" | "patch" | "delete" | "watch";

/** What an interceptor sees of a call. A list or watch has no key. */
export interface ClientCall {
  readonly verb: Verb;
  readonly kind: KindRef;
  readonly key?: ObjectKey;
}

/** Stands before each call: it may fail, wait, or proceed. */
export type Interceptor = (call: ClientCall, proceed: () => Promise<unknown>) => Promise<unknown>;

export type Matcher = (call: ClientCall) => boolean;

/** The client with `interceptors` before each call, the first outermost. Of a watch they stand before its opening. */
export function withFaults(client: Client, ...interceptors: readonly Interceptor[]): Client {
  const run = <R>(call: ClientCall, last: () => Promise<R>): Promise<R> =>
    interceptors.reduceRight<() => Promise<unknown>>((next, intercept) => () => intercept(call, next), last)() as Promise<R>;
  return {
    get: (kind, key) => run({ verb: "get", kind, key }, () => client.get(kind, key)),
    list: (kind, options) => run({ verb: "list", kind }, () => client.list(kind, options)),
    create: (kind, object, options) => run({ verb: "create", kind, key: keyOf(object) }, () => client.create(kind, object, options)),
    update: (kind, object, options) => run({ verb: "update", kind, key: keyOf(object) }, () => client.update(kind, object, options)),
    updateStatus: (kind, object) => run({ verb: "updateStatus", kind, key: keyOf(object) }, () => client.updateStatus(kind, object)),
    patch: (kind, key, patch, options) => run({ verb: "patch", kind, key }, () => client.patch(kind, key, patch, options)),
    delete: (kind, key, options) => run({ verb: "delete", kind, key }, () => client.delete(kind, key, options)),
    async *watch<T extends KubeObject>(kind: KindRef<T>, ...rest: WatchArguments) {
      yield* await run({ verb: "watch", kind }, () => Promise.resolve(client.watch(kind, ...rest)));
    },
  };
}

type WatchArguments = [options: Parameters<Client["watch"]>[1], signal: AbortSignal];

/** Calls of these verbs (all when empty) to kinds of this name. */
export function matching(kind?: string, ...verbs: readonly Verb[]): Matcher {
  return (call) => (kind === undefined || call.kind.kind === kind) && (verbs.length === 0 || verbs.includes(call.verb));
}

/** Fails the `nth` matching call (1 is the first) without doing it. */
export function failNth(nth: number, matches: Matcher, error: Error): Interceptor {
  let seen = 0;
  return async (call, proceed) => {
    if (matches(call) && ++seen === nth) throw error;
    return proceed();
  };
}

/** Does the `nth` matching call, and then loses its answer. */
export function loseNthAnswer(nth: number, matches: Matcher, error: Error): Interceptor {
  let seen = 0;
  return async (call, proceed) => {
    const lost = matches(call) && ++seen === nth;
    const answer = await proceed();
    if (lost) throw error;
    return answer;
  };
}

/** The first `count` matching calls answer 409 Conflict. */
export function conflicts(count: number, matches: Matcher): Interceptor {
  let left = count;
  return async (call, proceed) => {
    if (matches(call) && left-- > 0) throw conflict(call.kind, call.key?.name ?? "", OBJECT_MODIFIED);
    return proceed();
  };
}

/** Matching calls start `delayMs` late. */
export function delayed(clock: Clock, delayMs: number, matches: Matcher): Interceptor {
  const never = new AbortController().signal;
  return async (call, proceed) => {
    if (matches(call)) await delay(clock, delayMs, never);
    return proceed();
  };
}
