import { EVENTING_FEATURES_CONFIG } from "../../../../api/config/eventing/features.ts";
import { KREFERENCE_MAPPING_CONFIG } from "../../../../api/config/eventing/kreference-mapping.ts";
import type { Condition, ConditionManager, ConditionSet } from "../../../../api/meta/conditions.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../../../api/meta/object.ts";
import { EVENTING_NAMESPACE } from "../../../../api/names/kinetic.ts";
import type { EventPlaneView } from "../../../../api/ports/events.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { Tracker, type Reference } from "../../../controller/tracker.ts";
import type { Source } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { configSource } from "../../serving/shared/config-reader.ts";
import { DestinationResolver } from "./destination.ts";
import type { EventingOptions } from "./options.ts";

/** What a controller of one kind works with whose objects refer to others. */
export interface EventingWorld<T extends KubeObject> {
  readonly client: Client;
  readonly clock: Clock;
  readonly kind: KindRef<T>;
  readonly objects: Informer<T>;
  readonly resolver: DestinationResolver;
  readonly tracker: Tracker;
  readonly events: EventPlaneView;
}

export function eventingWorld<T extends KubeObject>(
  { client, clock, informers }: ControllerDeps,
  { kinds, events }: EventingOptions,
  kind: KindRef<T>,
): EventingWorld<T> {
  const resolver = new DestinationResolver({ informers }, kinds);
  return { client, clock, kind, objects: informers.of(kind), resolver, tracker: new Tracker(informers), events };
}

/** Wakes all objects when the settings change that destinations are resolved by. */
export function settingsSource<T extends KubeObject>(deps: ControllerDeps, { objects }: EventingWorld<T>): Source {
  const names = [EVENTING_FEATURES_CONFIG, KREFERENCE_MAPPING_CONFIG];
  return configSource(deps, names, () => objects.list().map(keyOf), { namespace: EVENTING_NAMESPACE });
}

/** The object, unless it has gone or goes: then nothing is tracked for it any more. */
export function presentObject<T extends KubeObject>({ objects, tracker }: EventingWorld<T>, key: ObjectKey): T | undefined {
  const object = objects.get(key);
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) return object;
  tracker.forget(key);
  return undefined;
}

/** What every status of these kinds has. */
interface SharedStatus {
  conditions?: Condition[] | undefined;
  observedGeneration?: number | undefined;
}

type WithStatus = KubeObject & { status?: SharedStatus | undefined };

/** One look at an object: what is found out is marked on copies, and what it depended on is noted. */
export interface Pass<T extends WithStatus> {
  readonly object: T;
  readonly status: NonNullable<T["status"]>;
  readonly conditions: ConditionManager;
  readonly references: Reference[];
}

export function beginPass<T extends WithStatus>({ clock }: EventingWorld<T>, object: T, set: ConditionSet): Pass<T> {
  const status = { ...object.status } as NonNullable<T["status"]>;
  return { object, status, conditions: conditionsOf(set, object, clock.now()), references: [] };
}

/** Writes the status if it changed, and tracks what it depended on. */
export async function endPass<T extends WithStatus>(world: EventingWorld<T>, pass: Pass<T>): Promise<void> {
  const { object, status, conditions, references } = pass;
  world.tracker.track(keyOf(object), references);
  status.conditions = conditions.conditions;
  status.observedGeneration = object.metadata.generation;
  await updateStatusIfChanged(world.client, world.kind, object, status);
}
