import { deploymentKind } from "../../../../api/apps/deployment.ts";
import type { Deployment, DeploymentStatus, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { deepEqual } from "../../../../std/json.ts";
import { writeStatus } from "../../../controller/apply.ts";
import { childrenOf } from "../../../controller/claim.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { isPodTerminal } from "../pods.ts";
import { cleanHistory } from "./history.ts";
import { rolloutLimits, type RolloutLimits } from "./limits.ts";
import { DESIRED_ANNOTATION, REVISION_ANNOTATION } from "./names.ts";
import { createSet, findSets, HashCollision, resize, sizeOf, type DeploymentWorld } from "./replica-sets.ts";
import { revisionOf, sizeAnnotations, upToDate } from "./resources/replica-set.ts";
import { newSetReplicas, recreateStep, rollingStep, scaleStep } from "./rollout.ts";
import {
  allSets,
  countedStatus,
  deadlineLeftMs,
  isComplete,
  pauseStatement,
  rolloutStatus,
  say,
  setCondition,
  type Sets,
} from "./status.ts";

interface Turn {
  readonly world: DeploymentWorld;
  /** As the cache has it, with the statement about pausing. */
  readonly deployment: Deployment;
  readonly limits: RolloutLimits;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One step of a Deployment: at most one change of ReplicaSets, and then the status. */
export async function reconcileDeployment(world: DeploymentWorld, key: ObjectKey): Promise<Outcome> {
  const cached = world.deployments.get(key);
  if (cached === undefined) return done;
  const now = world.clock.now();
  const turn = { world, deployment: withStatement(cached, pauseStatement(cached), now), limits: rolloutLimits(cached), now };
  const sets = await findSets(world, turn.deployment);
  try {
    const stepped = await step(turn, sets);
    return isSettling(cached, sets, stepped.sets) ? done : await finish(turn, cached, stepped);
  } catch (error) {
    if (error instanceof HashCollision) await countCollision(world, cached);
    throw error;
  }
}

interface Stepped {
  readonly status: DeploymentStatus;
  readonly sets: Sets;
}

/**
 * Whether a ReplicaSet was given another size, in this turn or the one before, and has not said yet what came of it. Its
 * status wakes us: to write ours now would only stand in the way of the pods.
 */
function isSettling(cached: Deployment, before: Sets, after: Sets): boolean {
  if (cached.status?.observedGeneration === undefined) return false;
  const sizes = new Map(allSets(after).map((set) => [set.metadata.name, sizeOf(set).replicas]));
  return allSets(before).some((set) => {
    const lags = (set.status?.observedGeneration ?? 0) < (set.metadata.generation ?? 0);
    return lags || sizes.get(set.metadata.name) !== sizeOf(set).replicas;
  });
}

async function step(turn: Turn, sets: Sets): Promise<Stepped> {
  const { deployment, limits, now } = turn;
  if (deployment.metadata.deletionTimestamp !== undefined) return { sets, status: countedStatus({ deployment, sets, limits, now }) };
  if (deployment.spec?.paused === true || isScaling(turn, sets)) return scale(turn, sets);
  return rollOut(turn, sets);
}

/** Whether a ReplicaSet was sized for another number of replicas. */
function isScaling({ limits }: Turn, sets: Sets): boolean {
  const active = allSets(sets).filter((set) => sizeOf(set).replicas > 0);
  return active.some(({ metadata }) => {
    const desired = metadata.annotations?.[DESIRED_ANNOTATION];
    return desired !== undefined && desired !== String(limits.replicas);
  });
}

async function scale(turn: Turn, sets: Sets): Promise<Stepped> {
  const { world, deployment, limits, now } = turn;
  const sizes = scaleStep(limits, sets.current && sizeOf(sets.current), sets.old.map(sizeOf));
  const adjust = (set: ReplicaSet) => (sizeOf(set).replicas > 0 || sizes.has(set.metadata.name ?? "") ? withSize(set, limits) : set);
  const scaled = await resize(world, deployment, sets, { sizes, adjust });
  return { sets: scaled, status: countedStatus({ deployment, sets: scaled, limits, now }) };
}

async function rollOut(turn: Turn, sets: Sets): Promise<Stepped> {
  const { world, limits, now } = turn;
  const advanced = turn.deployment.spec?.strategy?.type === "Recreate" ? await recreate(turn, sets) : await roll(turn, sets);
  const created = sets.current === undefined ? advanced.current : undefined;
  const deployment = withStatement(turn.deployment, rolloutStatement(turn.deployment, advanced, created), now);
  const status = rolloutStatus({ deployment, sets: advanced, limits, now });
  if (isComplete(deployment, status)) await cleanHistory(world.client, deployment, advanced.old);
  return { sets: advanced, status };
}

async function roll(turn: Turn, sets: Sets): Promise<Sets> {
  const { world, deployment, limits } = turn;
  const old = sets.old.map(sizeOf);
  const plan = { replicas: newSetReplicas(limits, 0, old), revision: nextRevision(sets), limits };
  if (sets.current === undefined) return { ...sets, current: await createSet(world, deployment, plan) };
  const sizes = rollingStep(limits, sizeOf(sets.current), old);
  return resize(world, deployment, sets, { sizes, adjust: adjuster(turn, sets) });
}

async function recreate(turn: Turn, sets: Sets): Promise<Sets> {
  const { world, deployment, limits } = turn;
  const sizes = recreateStep(limits, sets.current && sizeOf(sets.current), sets.old.map(sizeOf));
  const shrinking = sets.old.some((set) => sizeOf(set).replicas > 0);
  if (shrinking) return resize(world, deployment, sets, { sizes, adjust: (set) => set });
  if (sets.old.some((set) => hasRunningPods(world, set))) return sets;
  if (sets.current !== undefined) return resize(world, deployment, sets, { sizes, adjust: adjuster(turn, sets) });
  return { ...sets, current: await createSet(world, deployment, { replicas: limits.replicas, revision: nextRevision(sets), limits }) };
}

function hasRunningPods({ pods }: DeploymentWorld, set: ReplicaSet): boolean {
  return (set.status?.replicas ?? 0) > 0 || childrenOf(pods, set).some((pod) => !isPodTerminal(pod));
}

/** Keeps the current ReplicaSet's annotations right; old ones learn the size that they were made for. */
function adjuster({ deployment, limits }: Turn, sets: Sets): (set: ReplicaSet) => ReplicaSet {
  const plan = { replicas: limits.replicas, revision: nextRevision(sets), limits };
  return (set) => {
    if (set === sets.current) return upToDate(set, deployment, plan);
    return sizeOf(set).replicas > 0 ? withSize(set, limits) : set;
  };
}

function withSize(set: ReplicaSet, limits: RolloutLimits): ReplicaSet {
  return { ...set, metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...sizeAnnotations(limits) } } };
}

/** One more than the highest of the old ones; a current one that has it keeps it. */
function nextRevision({ current, old }: Sets): number {
  return Math.max(1 + Math.max(0, ...old.map(revisionOf)), current === undefined ? 0 : revisionOf(current));
}

function rolloutStatement(
  { spec, status }: Deployment,
  { current }: Sets,
  created: ReplicaSet | undefined,
): ReturnType<typeof say> | undefined {
  if (spec?.progressDeadlineSeconds === undefined || current === undefined) return undefined;
  if (created !== undefined) return say("True", "NewReplicaSetCreated", `Created new replica set "${created.metadata.name}"`);
  if (status?.conditions?.some(({ type }) => type === "Progressing")) return undefined;
  return say("True", "FoundNewReplicaSet", `Found new replica set "${current.metadata.name}"`);
}

function withStatement(deployment: Deployment, said: ReturnType<typeof say> | undefined, now: number): Deployment {
  if (said === undefined) return deployment;
  const conditions = [...setCondition(deployment.status?.conditions ?? [], said, now)];
  return { ...deployment, status: { ...deployment.status, conditions } };
}

/** Writes status and revision annotation, if they differ, and says when to look again. */
async function finish({ world, now }: Turn, cached: Deployment, { status, sets }: Stepped): Promise<Outcome> {
  const revision = sets.current?.metadata.annotations?.[REVISION_ANNOTATION];
  const before = cached.metadata.annotations?.[REVISION_ANNOTATION];
  const moved = revision !== undefined && revision !== before && cached.metadata.deletionTimestamp === undefined;
  const annotations = moved ? { ...cached.metadata.annotations, [REVISION_ANNOTATION]: revision } : cached.metadata.annotations;
  const wanted = { ...cached, metadata: { ...cached.metadata, annotations }, status };
  const written = deepEqual(wanted, cached) ? cached : await writeStatus(world.client, deploymentKind, wanted);
  if (moved && written.metadata.annotations?.[REVISION_ANNOTATION] !== revision) {
    const body = { metadata: { annotations: { [REVISION_ANNOTATION]: revision } } };
    await world.client.patch(deploymentKind, keyOf(cached), { type: "merge", body });
  }
  const left = deadlineLeftMs(cached, status, now);
  return left === undefined ? done : requeueAfter(Math.max(0, left) + 1);
}

async function countCollision({ client }: DeploymentWorld, deployment: Deployment): Promise<void> {
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await client.updateStatus(deploymentKind, { ...deployment, status: { ...deployment.status, collisionCount } });
}
