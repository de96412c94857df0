import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { Pod } from "../../../../api/k8s/types.generated.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { controllerOf } from "../../../controller/owners.ts";
import { ECHO_MS, informerSource, ownerSource, sourcesOf, SETTLE_MS, type Timing } from "../../../controller/sources.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { Patience } from "../../../controller/patience.ts";
import type { Controller } from "../../../controller/types.ts";
import { UnseenWrites } from "../../../controller/unseen-writes.ts";
import { isPodActive, isPodReady } from "../pods.ts";
import { reconcileReplicaSet, type ReplicaSetWorld } from "./reconcile.ts";

export function replicaSetController(deps: ControllerDeps): Controller {
  const sets = deps.informers.of(replicaSetKind);
  const pods = deps.informers.of(podKind);
  indexByController(pods);
  const world: ReplicaSetWorld = {
    client: deps.client,
    clock: deps.clock,
    patience: new Patience(deps),
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
    sources: sourcesOf(sets, ownerSource(pods, replicaSetKind, podTiming), adopters),
    concurrency: 16,
    reconcile: (key) => reconcileReplicaSet(world, key),
  };
}

/** Pods that it made come back; what counts is whether they are ready and whether they stay. */
const podTiming: Timing<Pod> = (change) => {
  if (change.type === "deleted") return SETTLE_MS;
  if (change.type === "added") return ECHO_MS;
  const facts = (pod: Pod) => `${isPodReady(pod)} ${isPodActive(pod)}`;
  return facts(change.object) === facts(change.old) ? ECHO_MS : SETTLE_MS;
};
