import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { podAutoscalerKind, type PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import type { Deployment, Pod } from "../../../../api/k8s/types.generated.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { revisionKind, type Revision, type RevisionStatus } from "../../../../api/serving/revision.ts";
import {
  markChildNotOwned,
  markContainerMissing,
  markResolvingDigests,
  REVISION_CONDITIONS,
} from "../../../../api/serving/revision-lifecycle.ts";
import type { ObservabilityConfig } from "../../../../api/config/observability.ts";
import { deploymentName } from "../../../../api/names/serving.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { sooner, type Patience } from "../../../controller/patience.ts";
import { applyChild } from "../shared/apply-child.ts";
import { conditionsOf } from "../shared/conditions.ts";
import { isWait } from "../shared/timing.ts";
import type { DigestResolver } from "./digests.ts";
import { slowStart } from "./pod-trouble.ts";
import { servingContainer } from "./resources/containers.ts";
import { alignDeployment, makeDeployment, type RevisionConfig } from "./resources/deployment.ts";
import { alignPodAutoscaler, makePodAutoscaler } from "./resources/podautoscaler.ts";
import type { PodProfile } from "./resources/profile.ts";
import { judgeStart } from "./start-failure.ts";
import { propagateChildren } from "./status.ts";

export interface RevisionWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly patience: Patience;
  readonly digests: DigestResolver;
  readonly profile: PodProfile;
  readonly revisions: Informer<Revision>;
  readonly deployments: Informer<Deployment>;
  readonly podAutoscalers: Informer<PodAutoscaler>;
  podsOf(revision: Revision): readonly Pod[];
  config(): RevisionConfig;
  observability(): ObservabilityConfig;
}

/** A Revision has its images looked up, then a Deployment and a PodAutoscaler, and says how its pods are. */
export async function reconcileRevision(world: RevisionWorld, key: ObjectKey): Promise<Outcome> {
  const revision = world.revisions.get(key);
  if (revision === undefined || revision.metadata.deletionTimestamp !== undefined) return done;
  const conditions = conditionsOf(REVISION_CONDITIONS, revision, world.clock.now());
  const status: RevisionStatus = { ...revision.status };
  const wasReady = conditions.get("Ready")?.status === "True";
  const outcome = await reconcilePhases(world, revision, status, conditions);
  if (!wasReady && conditions.get("Ready")?.status === "True") {
    tell(world, revision, { type: "Normal", reason: "RevisionReady", message: "Revision becomes ready upon all resources being ready" });
  }
  status.conditions = conditions.conditions;
  status.observedGeneration = revision.metadata.generation;
  const logUrl = world.observability().revisionUrlTemplate.replaceAll("${REVISION_UID}", revision.metadata.uid ?? "");
  if (logUrl !== "") status.logUrl = logUrl;
  const waits = isWait(status.conditions) && isWait(revision.status?.conditions);
  return sooner(outcome, await world.patience.report(revisionKind, revision, status, waits));
}

async function reconcilePhases(
  world: RevisionWorld,
  revision: Revision,
  status: RevisionStatus,
  conditions: ConditionManager,
): Promise<Outcome> {
  const digests = world.digests.poll(revision);
  if (digests.kind === "pending") {
    markResolvingDigests(conditions, servingContainer(revision).image ?? "");
    return done;
  }
  if (digests.kind === "failed") {
    const before = conditions.get("Ready")?.message;
    markContainerMissing(conditions, digests.image, digests.message);
    const message = conditions.get("Ready")?.message ?? "";
    if (message !== before) tell(world, revision, { type: "Warning", reason: "InternalError", message });
    return requeueAfter(digests.retryAfterMs);
  }
  status.containerStatuses = [...digests.containers];
  if (digests.initContainers.length > 0) status.initContainerStatuses = [...digests.initContainers];
  return reconcileChildren(world, { ...revision, status }, status, conditions);
}

async function reconcileChildren(
  world: RevisionWorld,
  revision: Revision,
  status: RevisionStatus,
  conditions: ConditionManager,
): Promise<Outcome> {
  const { namespace = "", name = "" } = revision.metadata;
  const deployment = world.deployments.get({ namespace, name: deploymentName(name) });
  if (deployment !== undefined && !isControlledBy(deployment, revision)) return notOwned(conditions, "Deployment", deploymentName(name));
  const podAutoscaler = world.podAutoscalers.get({ namespace, name });
  if (podAutoscaler !== undefined && !isControlledBy(podAutoscaler, revision)) return notOwned(conditions, "PodAutoscaler", name);
  const desired = makeDeployment(revision, world.config(), world.profile);
  const made = await applyChild(world.client, { kind: deploymentKind, existing: deployment, desired, align: alignDeployment });
  const pods = world.podsOf(revision);
  const scaled = await applyChild(world.client, {
    kind: podAutoscalerKind,
    existing: podAutoscaler,
    desired: makePodAutoscaler(asLabelled(world, revision)),
    align: alignPodAutoscaler,
  });
  const now = world.clock.now();
  const observed = { deployment: made.object, podAutoscaler: scaled.object, pods, now };
  propagateChildren(status, conditions, observed);
  const slow = conditions.get("Ready")?.status === "True" ? undefined : slowStart(pods, now).lookAgainInMs;
  const times = [slow, judgeStart(observed).lookAgainInMs].filter((ms) => ms !== undefined);
  return times.length === 0 ? done : requeueAfter(Math.min(...times));
}

/** The revision as it is labelled now: while a new one's Deployment is made, it becomes known whether traffic leads to it. */
function asLabelled({ revisions }: RevisionWorld, revision: Revision): Revision {
  const latest = revisions.get(keyOf(revision));
  return latest !== undefined && latest.metadata.uid === revision.metadata.uid ? { ...revision, metadata: latest.metadata } : revision;
}

function notOwned(conditions: ConditionManager, kind: string, name: string): Outcome {
  markChildNotOwned(conditions, kind, name);
  return { kind: "permanent", reason: `there is a ${kind} ${name} that the revision does not own` };
}

function tell(
  { recorder }: RevisionWorld,
  revision: Revision,
  occurrence: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
): void {
  recorder.record({ kind: revisionKind, object: revision, ...occurrence });
}
