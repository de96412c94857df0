import { configurationKind, type Configuration, type ConfigurationStatus } from "../../../../api/serving/configuration.ts";
import {
  CONFIGURATION_CONDITIONS,
  markLatestCreatedFailed,
  markLatestCreatedNotReady,
  markLatestReady,
  markRevisionCreationFailed,
} from "../../../../api/serving/configuration-lifecycle.ts";
import { revisionKind, type Revision } from "../../../../api/serving/revision.ts";
import { findCondition, type ConditionManager } from "../../../../api/meta/conditions.ts";
import { ApiError, isAlreadyExists, isConflict } from "../../../../api/meta/errors.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import { childrenOf } from "../../../controller/claim.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { conditionsOf, hasFailed, isReady } from "../shared/conditions.ts";
import { generationOf, latestReady } from "./latest.ts";
import { makeRevision, nameOfRevision } from "./resources/revision.ts";

export interface ConfigurationWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly configurations: Informer<Configuration>;
  /** Indexed by controller. */
  readonly revisions: Informer<Revision>;
}

/** A Configuration has a Revision of its present template and says how the newest ones are. */
export async function reconcileConfiguration(world: ConfigurationWorld, key: ObjectKey): Promise<Outcome> {
  const configuration = world.configurations.get(key);
  if (configuration === undefined || configuration.metadata.deletionTimestamp !== undefined) return done;
  const conditions = conditionsOf(CONFIGURATION_CONDITIONS, configuration, world.clock.now());
  const status: ConfigurationStatus = { ...configuration.status };
  // Listed before one is made: a revision made anew under the name of a deleted one has not been ready yet.
  const revisions = childrenOf(world.revisions, configuration);
  const latest = await latestCreated(world, configuration, revisions, conditions);
  if (latest !== undefined) propagate(world, configuration, { latest, revisions, status, conditions });
  status.conditions = conditions.conditions;
  status.observedGeneration = configuration.metadata.generation;
  await updateStatusIfChanged(world.client, configurationKind, configuration, status);
  return done;
}

/** The revision of the present template, made if it is missing. Undefined, and said so, when its name is taken or it was refused. */
async function latestCreated(
  world: ConfigurationWorld,
  configuration: Configuration,
  revisions: readonly Revision[],
  conditions: ConditionManager,
): Promise<Revision | undefined> {
  const name = nameOfRevision(configuration);
  const made = revisions.find((revision) => generationOf(revision) === configuration.metadata.generation);
  if (made !== undefined) return made;
  const existing = world.revisions.get({ namespace: configuration.metadata.namespace ?? "", name });
  if (existing !== undefined) {
    const why = isControlledBy(existing, configuration)
      ? `revision ${JSON.stringify(name)} already exists and was made from another template`
      : `revision ${JSON.stringify(name)} already exists and is not owned by this Configuration`;
    markRevisionCreationFailed(conditions, why);
    return undefined;
  }
  return create(world, configuration, conditions);
}

async function create(
  world: ConfigurationWorld,
  configuration: Configuration,
  conditions: ConditionManager,
): Promise<Revision | undefined> {
  const desired = makeRevision(configuration, world.clock.now());
  try {
    const revision = await world.client.create(revisionKind, desired);
    tell(world, configuration, { type: "Normal", reason: "Created", message: `Created Revision ${JSON.stringify(desired.metadata.name)}` });
    return revision;
  } catch (error) {
    if (!(error instanceof ApiError) || isAlreadyExists(error) || isConflict(error) || error.code >= 500) throw error;
    tell(world, configuration, { type: "Warning", reason: "CreationFailed", message: `Failed to create Revision: ${error.message}` });
    markRevisionCreationFailed(conditions, error.message);
    return undefined;
  }
}

interface Said {
  readonly latest: Revision;
  readonly revisions: readonly Revision[];
  readonly status: ConfigurationStatus;
  readonly conditions: ConditionManager;
}

/** Changes status and conditions. */
function propagate(world: ConfigurationWorld, configuration: Configuration, { latest, revisions, status, conditions }: Said): void {
  const name = latest.metadata.name ?? "";
  const wasReady = conditions.get("Ready")?.status;
  status.latestCreatedRevisionName = name;
  propagateLatestReady(world, configuration, revisions, status);
  const ready = findCondition(latest.status?.conditions, "Ready");
  if (isReady(latest)) {
    markLatestReady(conditions);
    if (wasReady !== "True")
      tell(world, configuration, { type: "Normal", reason: "ConfigurationReady", message: "Configuration becomes ready" });
  } else if (hasFailed(latest)) {
    markLatestCreatedFailed(conditions, name, ready?.message ?? "");
    const message = `Latest created revision ${JSON.stringify(name)} has failed`;
    if (wasReady !== "False") tell(world, configuration, { type: "Warning", reason: "LatestCreatedFailed", message });
  } else {
    markLatestCreatedNotReady(conditions, name, ready);
  }
}

function propagateLatestReady(
  world: ConfigurationWorld,
  configuration: Configuration,
  revisions: readonly Revision[],
  status: ConfigurationStatus,
): void {
  const before = status.latestReadyRevisionName;
  const after = latestReady(revisions, before)?.metadata.name;
  if (after === before) return;
  status.latestReadyRevisionName = after;
  if (after === undefined) return;
  tell(world, configuration, {
    type: "Normal",
    reason: "LatestReadyUpdate",
    message: `LatestReadyRevisionName updated to ${JSON.stringify(after)}`,
  });
}

function tell(
  { recorder }: ConfigurationWorld,
  configuration: Configuration,
  occurrence: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
): void {
  recorder.record({ kind: configurationKind, object: configuration, ...occurrence });
}
