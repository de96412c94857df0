import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { podKind } from "../../../../api/core/pod.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { controllerOf } from "../../../controller/owners.ts";
import { informerSource, ownerSource, settled } from "../../../controller/sources.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import type { Controller } from "../../../controller/types.ts";
import { UnseenWrites } from "../../../controller/unseen-writes.ts";
import { reconcileReplicaSet, type ReplicaSetWorld } from "./reconcile.ts";

export function replicaSetController(deps: ControllerDeps): Controller {
  const sets = deps.informers.of(replicaSetKind);
  const pods = deps.informers.of(podKind);
  indexByController(pods);
  const world: ReplicaSetWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("replicaset-controller"),
    sets,
    pods,
    unseen: new UnseenWrites(pods, deps.clock),
    doubts: new Set(),
  };
  const adopters = informerSource(pods, (pod) => {
    if (controllerOf(pod) !== undefined || pod.metadata.labels === undefined) return [];
    return sets
      .list(pod.metadata.namespace ?? "")
      .filter((set) => matchesSelector(set.spec?.selector, pod.metadata.labels))
      .map(keyOf);
  });
  return {
    name: "replicaset-controller",
    sources: [informerSource(sets), settled(deps.clock, ownerSource(pods, replicaSetKind)), adopters],
    concurrency: 16,
    reconcile: (key) => reconcileReplicaSet(world, key),
  };
}
