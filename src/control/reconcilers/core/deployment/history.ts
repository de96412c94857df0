import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import type { Deployment, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import type { Client } from "../../../../client/types.ts";
import { revisionOf } from "./resources/replica-set.ts";

/** The old ReplicaSets beyond revisionHistoryLimit, oldest revision first; those that still have pods stay. */
export function surplusHistory({ spec }: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = alive.length - (spec?.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return [];
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(isEmpty);
}

function isEmpty({ metadata, spec, status }: ReplicaSet): boolean {
  const observed = (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);
  return (status?.replicas ?? 0) === 0 && (spec?.replicas ?? 1) === 0 && observed;
}

export async function cleanHistory(client: Client, deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> {
  for (const set of surplusHistory(deployment, old)) await client.delete(replicaSetKind, keyOf(set));
}
