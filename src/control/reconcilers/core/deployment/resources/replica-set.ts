import { deploymentKind } from "../../../../../api/apps/deployment.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../../../../api/k8s/types.generated.ts";
import { deepEqual } from "../../../../../std/json.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import type { RolloutLimits } from "../limits.ts";
import {
  DESIRED_ANNOTATION,
  HASH_LABEL,
  MAX_ANNOTATION,
  podTemplateHash,
  replicaSetName,
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
} from "../names.ts";

/** Annotations that are about the Deployment alone. */
const NOT_COPIED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  DESIRED_ANNOTATION,
  MAX_ANNOTATION,
  "deprecated.deployment.rollback.to",
];

export interface ReplicaSetPlan {
  readonly replicas: number;
  readonly revision: number;
  readonly limits: RolloutLimits;
}

export function makeReplicaSet(deployment: Deployment, { replicas, revision, limits }: ReplicaSetPlan): ReplicaSet {
  const { spec, status, metadata } = deployment;
  const hash = podTemplateHash(spec?.template, status?.collisionCount);
  const labels = { ...spec?.template?.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: replicaSetName(deployment, hash),
      namespace: metadata.namespace,
      labels,
      annotations: { ...copiedAnnotations(deployment), ...sizeAnnotations(limits), [REVISION_ANNOTATION]: String(revision) },
      ownerReferences: [controllerRef(deploymentKind, deployment)],
    },
    spec: {
      replicas,
      ...(spec?.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec?.selector, matchLabels: { ...spec?.selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } },
    },
  };
}

export function sizeAnnotations({ replicas, maxSurge }: RolloutLimits): Record<string, string> {
  return { [DESIRED_ANNOTATION]: String(replicas), [MAX_ANNOTATION]: String(replicas + maxSurge) };
}

function copiedAnnotations({ metadata }: Deployment): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.includes(name)));
}

/** Whether the ReplicaSet runs this template: all is equal but the hash label, which it adds itself. */
export function hasTemplate(set: ReplicaSet, template: PodTemplateSpec | undefined): boolean {
  return deepEqual(withoutHash(set.spec?.template), withoutHash(template));
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { [HASH_LABEL]: _hash, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: _created, ...metadata } = template?.metadata ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}

/** The ReplicaSet as it should be beside its size: revision, copied annotations, minReadySeconds. */
export function upToDate(set: ReplicaSet, deployment: Deployment, { revision, limits }: ReplicaSetPlan): ReplicaSet {
  const annotations = set.metadata.annotations ?? {};
  const before = annotations[REVISION_ANNOTATION];
  const history = [annotations[REVISION_HISTORY_ANNOTATION], before].filter((text) => text !== undefined && text !== "").join(",");
  const moved = before !== String(revision) && before !== undefined;
  return {
    ...set,
    metadata: {
      ...set.metadata,
      annotations: {
        ...annotations,
        ...copiedAnnotations(deployment),
        ...sizeAnnotations(limits),
        [REVISION_ANNOTATION]: String(revision),
        ...(moved ? { [REVISION_HISTORY_ANNOTATION]: history } : {}),
      },
    },
    spec: { ...set.spec, selector: set.spec?.selector ?? {}, minReadySeconds: deployment.spec?.minReadySeconds || undefined },
  };
}

export function revisionOf(object: ReplicaSet | Deployment): number {
  return Number(object.metadata.annotations?.[REVISION_ANNOTATION] ?? 0) || 0;
}
