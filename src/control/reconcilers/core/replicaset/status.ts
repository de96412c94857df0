import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from "../../../../api/k8s/types.generated.ts";
import { matchesLabels } from "../../../../client/selectors.ts";
import { deepEqual } from "../../../../std/json.ts";
import { rfc3339 } from "../../../../std/clock.ts";
import { availableInMs, isPodReady } from "../pods.ts";

/** Why pods could not be made or removed. */
export interface ReplicaFailure {
  readonly reason: "FailedCreate" | "FailedDelete";
  readonly message: string;
}

/** The status that these active pods make. Counts of zero are left out, as the server's types do. */
export function replicaSetStatus(
  set: ReplicaSet,
  pods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  now: number,
): ReplicaSetStatus {
  const count = (holds: (pod: Pod) => boolean) => pods.filter(holds).length || undefined;
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const conditions = conditionsAfter(set.status?.conditions ?? [], failure, now);
  return {
    replicas: pods.length,
    fullyLabeledReplicas: count((pod) => matchesLabels(set.spec?.template?.metadata?.labels, pod.metadata.labels)),
    readyReplicas: count(isPodReady),
    availableReplicas: count((pod) => availableInMs(pod, minReadySeconds, now) === 0),
    observedGeneration: set.metadata.generation,
    conditions: conditions.length === 0 ? undefined : conditions,
  };
}

/** Whether all the news is pods that were made: when they are ready there is more to tell, usually soon. */
export function isStarting(before: ReplicaSetStatus | undefined, after: ReplicaSetStatus): boolean {
  const facts = ({ readyReplicas, availableReplicas, conditions }: Partial<ReplicaSetStatus>) => [
    readyReplicas,
    availableReplicas,
    conditions,
  ];
  return after.replicas > (before?.replicas ?? 0) && deepEqual(facts(before ?? {}), facts(after));
}

function conditionsAfter(conditions: ReplicaSetCondition[], failure: ReplicaFailure | undefined, now: number): ReplicaSetCondition[] {
  const others = conditions.filter(({ type }) => type !== "ReplicaFailure");
  const known = conditions.find(({ type }) => type === "ReplicaFailure");
  if (failure === undefined) return others;
  // Other words for the same failure (request ids, times) are no news: our own write would wake us past the backoff.
  if (known?.reason === failure.reason) return conditions;
  return [...others, { type: "ReplicaFailure", status: "True", lastTransitionTime: rfc3339(now), ...failure }];
}
