import type { Pod, PodStatus } from "../../../api/k8s/types.generated.ts";
import { isNotFound } from "../../../api/meta/errors.ts";
import { keyOf, type ObjectKey } from "../../../api/meta/object.ts";
import { podKind } from "../../../api/core/pod.ts";
import type { Client } from "../../../client/types.ts";
import { abortable, delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import { deepEqual, isRecord } from "../../../std/json.ts";
import type { Logger } from "../../../std/logger.ts";

export interface Wanted {
  readonly status: PodStatus;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Changes that nobody waits for are gathered this long. */
const GATHER_MS = 60;
const RETRY_MS = 250;

/**
 * Brings a Pod's status to the API server.
 *
 * - I1 one write at a time; the next one carries the newest state, so states in between may be skipped.
 * - I2 an urgent change goes out at once (behind the write under way).
 * - I3 only what differs from the last known status is sent.
 */
export class StatusWriter {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #key: ObjectKey;
  readonly #uid: string;
  #known: Pod;
  #wanted: Wanted | undefined;
  #isUrgent = false;
  #hurry = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(pod: Pod, world: { readonly client: Client; readonly clock: Clock; readonly logger: Logger }) {
    this.#client = world.client;
    this.#clock = world.clock;
    this.#logger = world.logger;
    this.#key = keyOf(pod);
    this.#uid = pod.metadata.uid ?? "";
    this.#known = pod;
  }

  /** What the informer says: others may have changed the Pod. */
  observe(pod: Pod): void {
    if (this.#loop === undefined) this.#known = pod;
  }

  want(wanted: Wanted, urgent: boolean, signal: AbortSignal): void {
    if (this.#loop === undefined && makePatch(this.#known, wanted) === undefined) return;
    this.#wanted = wanted;
    if (urgent) this.#makeUrgent(); // I2
    this.#loop ??= this.#run(signal).finally(() => (this.#loop = undefined));
  }

  /** Resolves when what was wanted is written. */
  async settled(): Promise<void> {
    this.#makeUrgent();
    await this.#loop;
  }

  #makeUrgent(): void {
    this.#isUrgent = true;
    this.#hurry.resolve();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#wanted !== undefined) {
        await this.#gather(signal);
        const wanted = this.#wanted;
        this.#wanted = undefined;
        await this.#write(wanted, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#logger.warn("pod status was not written", { pod: this.#key.name, error });
    }
  }

  async #gather(signal: AbortSignal): Promise<void> {
    if (!this.#isUrgent) {
      using _timer = this.#clock.setTimer(GATHER_MS, () => this.#hurry.resolve());
      await abortable(this.#hurry.promise, signal).catch(() => {});
    }
    this.#isUrgent = false;
    this.#hurry = Promise.withResolvers();
  }

  async #write(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const body = makePatch(this.#known, wanted);
    if (body === undefined) return;
    try {
      this.#known = await abortable(this.#patch(body, wanted.annotations), signal);
    } catch (error) {
      if (signal.aborted || isNotFound(error)) return;
      this.#logger.debug("pod status write failed, again", { pod: this.#key.name, error });
      await delay(this.#clock, RETRY_MS, signal);
      this.#wanted ??= wanted;
    }
  }

  /** As in Kubernetes, annotations may ride along with the status; where they may not, they go first. */
  async #patch(body: object, annotations: Wanted["annotations"]): Promise<Pod> {
    const patched = await this.#client.patch(podKind, this.#key, { type: "merge", body }, { subresource: "status" });
    if (carries(patched, annotations)) return patched;
    const metadata = { uid: this.#uid, annotations };
    return this.#client.patch(podKind, this.#key, { type: "merge", body: { metadata } });
  }
}

function carries(pod: Pod, annotations: Wanted["annotations"]): boolean {
  return Object.entries(annotations).every(([name, value]) => pod.metadata.annotations?.[name] === value);
}

/** The smallest merge patch from what is known to what is wanted; undefined if there is nothing to do. I3 */
export function makePatch(known: Pod, wanted: Wanted): object | undefined {
  const status = difference(known.status ?? {}, wanted.status);
  const hasAnnotations = carries(known, wanted.annotations);
  if (status === undefined && hasAnnotations) return undefined;
  return {
    metadata: { uid: known.metadata.uid, ...(hasAnnotations ? {} : { annotations: wanted.annotations }) },
    ...(status === undefined ? {} : { status }),
  };
}

/** Fields that the agent owns and may have to take back. Others in the status are somebody else's. */
const OWN = ["reason", "message", "podIP", "podIPs"];

function difference(known: object, wanted: object): object | undefined {
  const before = known as Record<string, unknown>;
  const after = wanted as Record<string, unknown>;
  const changed = Object.keys(after).filter(
    (field) => after[field] !== undefined && !deepEqual(before[field], mergeConditions(field, before, after)),
  );
  const dropped = OWN.filter((field) => before[field] !== undefined && after[field] === undefined);
  if (changed.length === 0 && dropped.length === 0) return undefined;
  return Object.fromEntries([
    ...changed.map((field) => [field, mergeConditions(field, before, after)] as const),
    ...dropped.map((field) => [field, null] as const),
  ]);
}

/** Conditions of others (readiness gates) stay. */
function mergeConditions(field: string, before: Record<string, unknown>, after: Record<string, unknown>): unknown {
  const ours = after[field];
  const theirs = before[field];
  if (field !== "conditions" || !Array.isArray(ours) || !Array.isArray(theirs)) return ours;
  const types = new Set(ours.map(typeOf));
  return [...ours, ...theirs.filter((condition) => !types.has(typeOf(condition)))];
}

function typeOf(condition: unknown): unknown {
  return isRecord(condition) ? condition["type"] : undefined;
}
