import { deploymentKind } from "../../../../../api/apps/deployment.ts";
import type { Affinity, Deployment, PodSpec } from "../../../../../api/k8s/types.generated.ts";
import { revisionKind, type Revision } from "../../../../../api/serving/revision.ts";
import { REVISION_OWN_FIELDS } from "../../../../../api/serving/revision-spec.ts";
import type { AutoscalerConfig } from "../../../../../api/config/autoscaler.ts";
import type { DeploymentConfig } from "../../../../../api/config/deployment.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import {
  annotation,
  DEFAULT_CONTAINER_ANNOTATION,
  DEPLOYMENT_HASH_LABEL,
  INITIAL_SCALE_ANNOTATION,
  PROGRESS_DEADLINE_ANNOTATION,
  REVISION_LABEL,
  REVISION_UID_LABEL,
} from "../../../../../api/names/labels.ts";
import { deploymentName } from "../../../../../api/names/serving.ts";
import { crc32 } from "../../../../../std/crc32.ts";
import { parseGoDuration } from "../../../../../std/duration.ts";
import { canonicalJson } from "../../../../../std/json.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { makeContainers, makeInitContainers, servingContainer } from "./containers.ts";
import { childAnnotations, childLabels } from "./labels.ts";
import type { PodProfile } from "./profile.ts";

export interface RevisionConfig {
  readonly autoscaler: AutoscalerConfig;
  readonly deployment: DeploymentConfig;
}

/** The Deployment of a revision, at its initial scale. */
export function makeDeployment(revision: Revision, config: RevisionConfig, profile: PodProfile): Deployment {
  const { name = "", namespace, uid = "" } = revision.metadata;
  const labels = childLabels(revision);
  const annotations = childAnnotations(revision);
  const spec: Deployment["spec"] = {
    progressDeadlineSeconds: progressDeadlineSeconds(revision, config.deployment),
    replicas: initialScale(revision, config.autoscaler),
    revisionHistoryLimit: 0,
    selector: { matchLabels: { [REVISION_UID_LABEL]: uid } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
    template: {
      metadata: { labels, annotations: { ...annotations, [DEFAULT_CONTAINER_ANNOTATION]: servingContainer(revision).name } },
      spec: makePodSpec(revision, config, profile),
    },
  };
  return {
    apiVersion: apiVersionOf(deploymentKind),
    kind: deploymentKind.kind,
    metadata: {
      name: deploymentName(name),
      namespace,
      labels: { ...labels, [DEPLOYMENT_HASH_LABEL]: hashOf(spec) },
      annotations,
      ownerReferences: [controllerRef(revisionKind, revision)],
    },
    spec,
  };
}

/**
 * The existing Deployment as it should be. The hash tells whether what we make of the revision has changed; the scale
 * is the autoscaler's, and a changed annotation (min-scale) must not replace pods.
 */
export function alignDeployment(existing: Deployment, desired: Deployment): Deployment {
  const isSame = existing.metadata.labels?.[DEPLOYMENT_HASH_LABEL] === desired.metadata.labels?.[DEPLOYMENT_HASH_LABEL];
  const { labels, annotations } = desired.metadata;
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      labels: { ...existing.metadata.labels, ...labels },
      annotations: { ...existing.metadata.annotations, ...annotations },
    },
    ...(isSame || desired.spec === undefined ? {} : { spec: { ...desired.spec, replicas: existing.spec?.replicas } }),
  };
}

function hashOf(spec: NonNullable<Deployment["spec"]>): string {
  const { replicas: _replicas, template, ...rest } = spec;
  return crc32(canonicalJson({ ...rest, pod: template.spec })).toString(36);
}

function makePodSpec(revision: Revision, config: RevisionConfig, profile: PodProfile): PodSpec {
  const own = new Set<string>(REVISION_OWN_FIELDS);
  const spec = Object.fromEntries(Object.entries(revision.spec).filter(([field]) => !own.has(field))) as unknown as PodSpec;
  const initContainers = makeInitContainers(revision);
  return {
    ...spec,
    containers: makeContainers(revision, profile),
    ...(initContainers === undefined ? {} : { initContainers }),
    ...(revision.spec.affinity === undefined && config.deployment.defaultAffinityType !== "none" ? { affinity: spread(revision) } : {}),
    terminationGracePeriodSeconds: revision.spec.timeoutSeconds,
  };
}

function spread(revision: Revision): Affinity {
  const labelSelector = { matchLabels: { [REVISION_LABEL]: revision.metadata.name ?? "" } };
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey: "kubernetes.io/hostname" } },
      ],
    },
  };
}

function initialScale(revision: Revision, config: AutoscalerConfig): number {
  const text = annotation(revision.metadata.annotations, INITIAL_SCALE_ANNOTATION)?.value;
  const wanted = text === undefined ? config.initialScale : Number(text);
  return wanted === 0 && !config.allowZeroInitialScale ? config.initialScale : wanted;
}

function progressDeadlineSeconds(revision: Revision, config: DeploymentConfig): number {
  const text = revision.metadata.annotations?.[PROGRESS_DEADLINE_ANNOTATION];
  const ms = text === undefined ? undefined : parseGoDuration(text);
  return Math.floor((ms ?? config.progressDeadlineMs) / 1000);
}
