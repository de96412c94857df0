import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import type { Deployment, Pod, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { isAlreadyExists } from "../../../../api/meta/errors.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { matchesSelector } from "../../../../client/selectors.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateIfChanged } from "../../../controller/apply.ts";
import { claimChildren } from "../../../controller/claim.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { hasTemplate, makeReplicaSet, type ReplicaSetPlan } from "./resources/replica-set.ts";
import type { SetSize, Sizes } from "./rollout.ts";
import { allSets, type Sets } from "./status.ts";

export interface DeploymentWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly deployments: Informer<Deployment>;
  readonly sets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
}

const age = (set: ReplicaSet) => `${set.metadata.creationTimestamp ?? ""} ${set.metadata.name}`;

/** The ReplicaSets of the Deployment. Of several with its template the oldest is the current one. */
export async function findSets(world: DeploymentWorld, deployment: Deployment): Promise<Sets> {
  const claimed = await claimChildren({
    client: world.client,
    ownerKind: deploymentKind,
    owner: deployment,
    childKind: replicaSetKind,
    children: world.sets,
    matches: (set) => matchesSelector(deployment.spec?.selector, set.metadata.labels),
  });
  const byAge = claimed.toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
  const current = byAge.find((set) => hasTemplate(set, deployment.spec?.template));
  return { current, old: byAge.filter((set) => set !== current) };
}

/** Thrown when another template has the same hash: the next try makes another name. */
export class HashCollision extends Error {
  constructor(name: string | undefined) {
    super(`another ReplicaSet has the name ${name}`);
    this.name = "HashCollision";
  }
}

/** The new ReplicaSet. When the cache was behind and it exists already, that one. */
export async function createSet(world: DeploymentWorld, deployment: Deployment, plan: ReplicaSetPlan): Promise<ReplicaSet> {
  const set = makeReplicaSet(deployment, plan);
  try {
    const created = await world.client.create(replicaSetKind, set);
    if (plan.replicas > 0) sayScaled(world, deployment, { name: created.metadata.name ?? "", from: 0, to: plan.replicas });
    return created;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing = await world.client.get(replicaSetKind, keyOf(set));
    if (existing !== undefined && isControlledBy(existing, deployment) && hasTemplate(existing, deployment.spec?.template)) return existing;
    throw new HashCollision(set.metadata.name);
  }
}

export function sizeOf({ metadata, spec, status }: ReplicaSet): SetSize {
  return {
    name: metadata.name ?? "",
    replicas: spec?.replicas ?? 1,
    available: status?.availableReplicas ?? 0,
    createdAt: metadata.creationTimestamp ?? "",
  };
}

/** Writes the new sizes, and whatever else `adjust` changes, with one update a ReplicaSet. Answers them as they are now. */
export async function resize(
  world: DeploymentWorld,
  deployment: Deployment,
  sets: Sets,
  change: { readonly sizes: Sizes; adjust(set: ReplicaSet): ReplicaSet },
): Promise<Sets> {
  const written = new Map<ReplicaSet, ReplicaSet>();
  for (const set of allSets(sets)) {
    const from = sizeOf(set).replicas;
    const to = change.sizes.get(set.metadata.name ?? "") ?? from;
    const adjusted = change.adjust(set);
    const wanted = to === from ? adjusted : { ...adjusted, spec: { ...adjusted.spec, selector: set.spec?.selector ?? {}, replicas: to } };
    const { object } = await updateIfChanged(world.client, replicaSetKind, set, wanted);
    written.set(set, object);
    if (to !== from) sayScaled(world, deployment, { name: set.metadata.name ?? "", from, to });
  }
  const now = (set: ReplicaSet) => written.get(set) ?? set;
  return { current: sets.current === undefined ? undefined : now(sets.current), old: sets.old.map(now) };
}

interface Scaling {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function sayScaled({ recorder }: DeploymentWorld, object: Deployment, { name, from, to }: Scaling): void {
  const message = `Scaled ${to > from ? "up" : "down"} replica set ${name} from ${from} to ${to}`;
  recorder.record({ kind: deploymentKind, object, type: "Normal", reason: "ScalingReplicaSet", message });
}
