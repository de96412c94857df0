import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { podKind } from "../../../../api/core/pod.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { controllerOf } from "../../../controller/owners.ts";
import { changeSource, ECHO_MS, informerSource, ownerSource, sourcesOf, SETTLE_MS } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import { reconcileDeployment } from "./reconcile.ts";
import type { DeploymentWorld } from "./replica-sets.ts";

export function deploymentController(deps: ControllerDeps): Controller {
  const deployments = deps.informers.of(deploymentKind);
  const sets = deps.informers.of(replicaSetKind);
  const pods = deps.informers.of(podKind);
  indexByController(sets);
  indexByController(pods);
  const world: DeploymentWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("deployment-controller"),
    deployments,
    sets,
    pods,
  };
  const adopters = informerSource(sets, (set) => {
    if (controllerOf(set) !== undefined) return [];
    const here = deployments.list(set.metadata.namespace ?? "");
    return here.filter((deployment) => matchesSelector(deployment.spec?.selector, set.metadata.labels)).map(keyOf);
  });
  /** Recreate waits for the last old pod to go. */
  const endedPods = changeSource(pods, ({ type, object }) => {
    const set = type === "deleted" ? controllerOf(object) : undefined;
    const namespace = object.metadata.namespace ?? "";
    const owner = set && controllerOf(sets.get({ namespace, name: set.name }) ?? { metadata: {} });
    const deployment = owner && deployments.get({ namespace, name: owner.name });
    return deployment?.spec?.strategy?.type === "Recreate" ? [keyOf(deployment)] : [];
  });
  return {
    name: "deployment-controller",
    sources: sourcesOf(
      deployments,
      ownerSource(sets, deploymentKind, ({ type }) => (type === "added" ? ECHO_MS : SETTLE_MS)),
      adopters,
      endedPods,
    ),
    concurrency: 16,
    reconcile: (key) => reconcileDeployment(world, key),
  };
}
