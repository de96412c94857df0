import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { podAutoscalerKind } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { Pod } from "../../../../api/k8s/types.generated.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { AUTOSCALER_CONFIG, parseAutoscalerConfig } from "../../../../api/config/autoscaler.ts";
import { DEPLOYMENT_CONFIG, parseDeploymentConfig } from "../../../../api/config/deployment.ts";
import { OBSERVABILITY_CONFIG, parseObservabilityConfig } from "../../../../api/config/observability.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import { REVISION_LABEL, REVISION_UID_LABEL } from "../../../../api/names/labels.ts";
import type { ImageProvider } from "../../../../api/ports/images.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, informerSource, ownerSource, settled } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import { DigestResolver } from "./digests.ts";
import { reconcileRevision, type RevisionWorld } from "./reconcile.ts";
import { EMBEDDED_PROFILE, type PodProfile } from "./resources/profile.ts";

export interface RevisionControllerOptions {
  readonly images: Pick<ImageProvider, "resolveDigest">;
  /** Default: pods for our own node agent. */
  readonly profile?: PodProfile;
}

const PODS_OF_REVISION = "revisionUID";

export function revisionController(deps: ControllerDeps, { images, profile = EMBEDDED_PROFILE }: RevisionControllerOptions): Controller {
  const pods = deps.informers.of<Pod>(podKind);
  pods.addIndex(PODS_OF_REVISION, ({ metadata }) => [metadata.labels?.[REVISION_UID_LABEL]].filter((uid) => uid !== undefined));
  const autoscaler = configReader(deps, AUTOSCALER_CONFIG, parseAutoscalerConfig);
  const deployment = configReader(deps, DEPLOYMENT_CONFIG, parseDeploymentConfig);
  const world: RevisionWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("revision-controller"),
    digests: new DigestResolver({ images, clock: deps.clock, config: deployment }),
    profile,
    revisions: deps.informers.of(revisionKind),
    deployments: deps.informers.of(deploymentKind),
    podAutoscalers: deps.informers.of(podAutoscalerKind),
    podsOf: ({ metadata }) => pods.byIndex(PODS_OF_REVISION, metadata.uid ?? ""),
    config: () => ({ autoscaler: autoscaler(), deployment: deployment() }),
    observability: configReader(deps, OBSERVABILITY_CONFIG, parseObservabilityConfig),
  };
  const gone = changeSource(world.revisions, ({ type, object }) => {
    if (type === "deleted") world.digests.forget(object);
    return [];
  });
  return {
    name: "revision-controller",
    sources: [
      informerSource(world.revisions),
      gone,
      settled(deps.clock, ownerSource(world.deployments, revisionKind)),
      settled(deps.clock, ownerSource(world.podAutoscalers, revisionKind)),
      settled(deps.clock, informerSource(pods, revisionOf)),
      configSource(deps, [DEPLOYMENT_CONFIG, OBSERVABILITY_CONFIG], () => world.revisions.list().map(keyOf)),
      world.digests,
    ],
    concurrency: 16,
    reconcile: (key) => reconcileRevision(world, key),
  };
}

function revisionOf(object: KubeObject) {
  const name = object.metadata.labels?.[REVISION_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
}
