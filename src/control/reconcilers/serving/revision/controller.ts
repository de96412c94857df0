import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { podAutoscalerKind } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import type { Deployment, Pod } from "../../../../api/k8s/types.generated.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { AUTOSCALER_CONFIG, parseAutoscalerConfig } from "../../../../api/config/autoscaler.ts";
import { DEPLOYMENT_CONFIG, parseDeploymentConfig } from "../../../../api/config/deployment.ts";
import { OBSERVABILITY_CONFIG, parseObservabilityConfig } from "../../../../api/config/observability.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import { REVISION_LABEL, REVISION_UID_LABEL } from "../../../../api/names/labels.ts";
import type { ImageProvider } from "../../../../api/ports/images.ts";
import { deepEqual } from "../../../../std/json.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import {
  changeSource,
  childTiming,
  ECHO_MS,
  informerSource,
  ownerSource,
  sourcesOf,
  settled,
  SETTLE_MS,
  type Updated,
} from "../../../controller/sources.ts";
import { Patience } from "../../../controller/patience.ts";
import type { Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import { turned } from "../shared/timing.ts";
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
    patience: new Patience(deps),
    recorder: deps.recorder("revision-controller"),
    digests: new DigestResolver({ images, client: deps.client, clock: deps.clock, config: deployment }),
    profile,
    revisions: deps.informers.of(revisionKind),
    deployments: deps.informers.of(deploymentKind),
    podAutoscalers: deps.informers.of(podAutoscalerKind),
    podsOf: ({ metadata }) => pods.byIndex(PODS_OF_REVISION, metadata.uid ?? ""),
    config: () => ({ autoscaler: autoscaler(), deployment: deployment() }),
    observability: configReader(deps, OBSERVABILITY_CONFIG, parseObservabilityConfig),
  };
  const gone = changeSource(world.revisions, ({ type, object }) => {
    if (type !== "deleted") return [];
    world.digests.forget(object);
    world.patience.forget(keyOf(object));
    return [];
  });
  return {
    name: "revision-controller",
    sources: sourcesOf(
      world.revisions,
      gone,
      ownerSource(world.deployments, revisionKind, childTiming(deploymentTiming)),
      ownerSource(world.podAutoscalers, revisionKind, childTiming(podAutoscalerTiming)),
      settled(informerSource(pods, revisionOf), ECHO_MS),
      configSource(deps, [DEPLOYMENT_CONFIG, OBSERVABILITY_CONFIG], () => world.revisions.list().map(keyOf)),
      world.digests,
    ),
    concurrency: 16,
    reconcile: (key) => reconcileRevision(world, key),
  };
}

function revisionOf(object: KubeObject) {
  const name = object.metadata.labels?.[REVISION_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
}

/** A revision is Ready once its first instances were; that there is one at all decides about failures. */
function podAutoscalerTiming(change: Updated<PodAutoscaler>): number {
  if (turned(change, "ScaleTargetInitialized")) return 0;
  return turned(change, "Ready") ? SETTLE_MS : ECHO_MS;
}

function deploymentTiming({ object, old }: Updated<Deployment>): number {
  const facts = ({ status }: Deployment) => [
    (status?.availableReplicas ?? 0) > 0,
    status?.conditions?.map(({ type, status: value }) => `${type}=${value}`).toSorted(),
  ];
  return deepEqual(facts(object), facts(old)) ? ECHO_MS : SETTLE_MS;
}
