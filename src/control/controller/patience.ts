import type { KindRef } from "../../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject } from "../../api/meta/object.ts";
import type { Client } from "../../client/types.ts";
import type { Clock } from "../../std/clock.ts";
import { deepEqual } from "../../std/json.ts";
import { writeStatus } from "./apply.ts";
import { ECHO_MS } from "./sources.ts";
import { done, requeueAfter, type Outcome } from "./types.ts";

/**
 * Writes statuses, but one that only says what is waited for not before the wait has lasted ECHO_MS: what is over by
 * then needed no word. Kept in memory alone: after a restart a wait counts anew.
 */
export class Patience {
  readonly #client: Client;
  readonly #clock: Clock;
  /** Since when a wait goes on that was not told yet, by key; monotonic milliseconds. */
  readonly #since = new Map<string, number>();

  constructor({ client, clock }: { readonly client: Client; readonly clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Writes the status if it differs. `waits`: it says nothing else than what is waited for, as the one before. */
  async report<T extends KubeObject & { status?: unknown }>(
    kind: KindRef<T>,
    object: T,
    status: T["status"],
    waits: boolean,
  ): Promise<Outcome> {
    const id = formatKey(keyOf(object));
    const differs = !deepEqual(object.status, status);
    const leftMs = differs && waits ? this.#leftMs(id) : 0;
    if (leftMs > 0) return requeueAfter(leftMs);
    this.#since.delete(id);
    if (differs) await writeStatus(this.#client, kind, { ...object, status });
    return done;
  }

  /** The object has gone. */
  forget(key: Parameters<typeof formatKey>[0]): void {
    this.#since.delete(formatKey(key));
  }

  #leftMs(id: string): number {
    const now = this.#clock.monotonicMs();
    const since = this.#since.get(id) ?? now;
    this.#since.set(id, since);
    return since + ECHO_MS - now;
  }
}

/** Both outcomes in one: trying again at the earlier time. */
export function sooner(a: Outcome, b: Outcome): Outcome {
  if (a.kind !== "requeueAfter") return b.kind === "requeueAfter" && a.kind === "done" ? b : a;
  return b.kind === "requeueAfter" && b.afterMs < a.afterMs ? b : a;
}
