import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { Pod, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import { ApiError } from "../../../../api/meta/errors.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { claimChildren } from "../../../controller/claim.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import { sooner, type Patience } from "../../../controller/patience.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { SETTLE_MS } from "../../../controller/sources.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import type { UnseenWrites } from "../../../controller/unseen-writes.ts";
import { availableInMs, isPodActive } from "../pods.ts";
import { deletionOrder } from "./deletion-order.ts";
import { makePod } from "./resources/pod.ts";
import { isStarting, replicaSetStatus, type ReplicaFailure } from "./status.ts";

export interface ReplicaSetWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly patience: Patience;
  readonly sets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
  readonly unseen: UnseenWrites<Pod>;
  /** ReplicaSets, by uid, of which a create got no answer: only the server knows whether the pod exists. */
  readonly doubts: Set<string>;
}

/** Pods that one turn makes or removes at most; the rest follows in the next. */
const BURST = 500;

interface Managed {
  readonly active: readonly Pod[];
  readonly errors: readonly unknown[];
  readonly failure?: ReplicaFailure;
}

/**
 * Brings the number of pods to what the ReplicaSet wants. Pods come first, the status after them. From zero a request may
 * wait for the first pod: it goes ahead, and everything else follows a moment later.
 */
export async function reconcileReplicaSet(world: ReplicaSetWorld, key: ObjectKey): Promise<Outcome> {
  const set = world.sets.get(key);
  if (set === undefined) {
    world.patience.forget(key);
    return done;
  }
  const active = await activePods(world, set);
  const fromZero = set.status?.replicas === 0 && active.length === 0;
  const burst = fromZero ? 1 : BURST;
  const managed = set.metadata.deletionTimestamp === undefined ? await manage(world, set, { active, burst }) : { active, errors: [] };
  if (fromZero && managed.active.length > 0) return requeueAfter(SETTLE_MS);
  const now = world.clock.now();
  const status = replicaSetStatus(set, managed.active, managed.failure, now);
  const reported = await world.patience.report(replicaSetKind, set, status, isStarting(set.status, status));
  if (managed.errors.length > 0) throw managed.errors[0];
  return sooner(reported, untilAvailable(set, managed.active, now));
}

async function activePods(world: ReplicaSetWorld, set: ReplicaSet): Promise<readonly Pod[]> {
  if (world.doubts.has(set.metadata.uid ?? "")) await settleDoubt(world, set);
  const withUnseen = world.unseen.snapshot(); // in the turn in which claimChildren reads the cache
  const claimed = await claimChildren({
    client: world.client,
    ownerKind: replicaSetKind,
    owner: set,
    childKind: podKind,
    children: world.pods,
    matches: (pod) => matchesSelector(set.spec?.selector, pod.metadata.labels),
  });
  return withUnseen(claimed, (pod) => isControlledBy(pod, set)).filter(isPodActive);
}

/** Asks the server which pods there are; those that the cache does not show yet count from now on. */
async function settleDoubt({ client, unseen, doubts }: ReplicaSetWorld, { metadata, spec }: ReplicaSet): Promise<void> {
  const labels = Object.entries(spec?.selector.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  const { items } = await client.list(podKind, { namespace: metadata.namespace ?? "", labelSelector: labels.join(",") });
  for (const pod of items) unseen.created(pod);
  doubts.delete(metadata.uid ?? "");
}

interface Plan {
  readonly active: readonly Pod[];
  readonly burst: number;
}

function manage(world: ReplicaSetWorld, set: ReplicaSet, { active, burst }: Plan): Promise<Managed> {
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(world, set, { active, count: Math.min(missing, burst) });
  if (missing < 0) return deletePods(world, set, { active, count: Math.min(-missing, burst) });
  return Promise.resolve({ active, errors: [] });
}

interface Step {
  readonly active: readonly Pod[];
  readonly count: number;
}

async function createPods(world: ReplicaSetWorld, set: ReplicaSet, { active, count }: Step): Promise<Managed> {
  const template = makePod(set);
  const results = await Promise.allSettled(Array.from({ length: count }, () => world.client.create(podKind, template)));
  const created = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  for (const pod of created) {
    world.unseen.created(pod);
    say(world, set, "Normal", { reason: "SuccessfulCreate", message: `Created pod: ${pod.metadata.name}` });
  }
  if (results.some((result) => result.status === "rejected" && isUnanswered(result.reason))) world.doubts.add(set.metadata.uid ?? "");
  return withErrors(world, set, { active: [...active, ...created], results, reason: "FailedCreate", doing: "creating" });
}

async function deletePods(world: ReplicaSetWorld, set: ReplicaSet, { active, count }: Step): Promise<Managed> {
  const victims = deletionOrder(active).slice(0, count);
  const results = await Promise.allSettled(victims.map((pod) => deletePod(world, pod)));
  const gone = new Set(victims.filter((_pod, i) => results[i]?.status === "fulfilled"));
  for (const pod of gone) say(world, set, "Normal", { reason: "SuccessfulDelete", message: `Deleted pod: ${pod.metadata.name}` });
  const left = active.filter((pod) => !gone.has(pod));
  return withErrors(world, set, { active: left, results, reason: "FailedDelete", doing: "deleting" });
}

async function deletePod(world: ReplicaSetWorld, pod: Pod): Promise<void> {
  const { uid } = pod.metadata;
  await world.client.delete(podKind, keyOf(pod), uid === undefined ? {} : { preconditions: { uid } });
  world.unseen.deleted(pod);
}

/** Whether the call may have been done although it failed. */
function isUnanswered(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code >= 500;
}

interface Attempt {
  readonly active: readonly Pod[];
  readonly results: readonly PromiseSettledResult<unknown>[];
  readonly reason: ReplicaFailure["reason"];
  readonly doing: string;
}

function withErrors(world: ReplicaSetWorld, set: ReplicaSet, { active, results, reason, doing }: Attempt): Managed {
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (errors.length === 0) return { active, errors };
  const message = errors[0] instanceof Error ? errors[0].message : String(errors[0]);
  say(world, set, "Warning", { reason, message: `Error ${doing}: ${message}` });
  return { active, errors, failure: { reason, message } };
}

function say(world: ReplicaSetWorld, set: ReplicaSet, type: "Normal" | "Warning", what: { reason: string; message: string }): void {
  world.recorder.record({ kind: replicaSetKind, object: set, type, ...what });
}

/** Comes back when the next ready pod becomes available. */
function untilAvailable(set: ReplicaSet, pods: readonly Pod[], now: number): Outcome {
  const waits = pods.map((pod) => availableInMs(pod, set.spec?.minReadySeconds ?? 0, now)).filter((wait) => wait > 0 && wait < Infinity);
  return waits.length === 0 ? done : requeueAfter(Math.min(...waits));
}
