import type { Pod } from "../../../../api/k8s/types.generated.ts";
import { isPodReady, podCondition } from "../pods.ts";

const PHASES = ["Pending", "Unknown", "Running"];
const COST_ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

/** Smaller goes first, compared member by member. */
type Rank = readonly number[];

/** The pods in the order in which a shrinking ReplicaSet gives them up: those that serve least and cost least first. */
export function deletionOrder(pods: readonly Pod[]): Pod[] {
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank))
    .map(({ pod }) => pod);
}

function rankOf(pod: Pod): Rank {
  const ready = isPodReady(pod);
  const restarts = Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
  return [
    pod.spec?.nodeName ? 1 : 0,
    PHASES.indexOf(pod.status?.phase ?? "Pending"),
    ready ? 1 : 0,
    Number(pod.metadata.annotations?.[COST_ANNOTATION] ?? 0) || 0,
    ready ? -timeOf(podCondition(pod, "Ready")?.lastTransitionTime) : 0,
    -restarts,
    -timeOf(pod.metadata.creationTimestamp),
  ];
}

function timeOf(timestamp: string | undefined): number {
  return timestamp === undefined ? 0 : Date.parse(timestamp);
}

function compareRanks(a: Rank, b: Rank): number {
  for (const [i, rank] of a.entries()) {
    const difference = rank - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
