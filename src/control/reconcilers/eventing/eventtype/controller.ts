import { EVENT_TYPE_CONDITIONS, REFERENCE_EXISTS } from "../../../../api/eventing/event-type-lifecycle.ts";
import { eventTypeKind, type EventType, type EventTypeStatus } from "../../../../api/eventing/event-type.ts";
import type { KReference } from "../../../../api/duck/destination.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { Tracker, type Reference } from "../../../controller/tracker.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";

interface EventTypeWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly eventTypes: Informer<EventType>;
  readonly resolver: DestinationResolver;
  readonly tracker: Tracker;
}

export function eventTypeController(deps: ControllerDeps, { kinds }: EventingOptions): Controller {
  const world: EventTypeWorld = {
    client: deps.client,
    clock: deps.clock,
    eventTypes: deps.informers.of(eventTypeKind),
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
  };
  return {
    name: "eventtype-controller",
    sources: sourcesOf(world.eventTypes, world.tracker),
    reconcile: (key) => reconcileEventType(world, key),
  };
}

async function reconcileEventType(world: EventTypeWorld, key: ObjectKey): Promise<Outcome> {
  const eventType = world.eventTypes.get(key);
  if (eventType === undefined || eventType.metadata.deletionTimestamp !== undefined) {
    world.tracker.forget(key);
    return done;
  }
  const conditions = conditionsOf(EVENT_TYPE_CONDITIONS, eventType, world.clock.now());
  const references: Reference[] = [];
  markReference(world.resolver, conditions, { reference: referenceOf(eventType), namespace: key.namespace, references });
  world.tracker.track(key, references);
  const { generation } = eventType.metadata;
  const status: EventTypeStatus = { ...eventType.status, conditions: conditions.conditions, observedGeneration: generation };
  await updateStatusIfChanged(world.client, eventTypeKind, eventType, status);
  return done;
}

/** A Broker by its name is a reference too. */
function referenceOf({ spec }: EventType): KReference | undefined {
  if (spec.reference !== undefined || !spec.broker) return spec.reference;
  return { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: spec.broker };
}

interface ReferenceCase {
  readonly reference: KReference | undefined;
  readonly namespace: string;
  readonly references: Reference[];
}

function markReference(resolver: DestinationResolver, conditions: ConditionManager, about: ReferenceCase): void {
  const { reference, references } = about;
  if (reference === undefined) return conditions.markTrue(REFERENCE_EXISTS, "ReferenceNotSet");
  const { kind: kindName = "", apiVersion = "", name = "", namespace = about.namespace } = reference;
  const kind = resolver.kinds.find(reference);
  if (kind === undefined) {
    return conditions.markUnknown(REFERENCE_EXISTS, "ReferenceGetFailed", `There is no kind ${kindName} of ${apiVersion}`);
  }
  if (resolver.find(kind, { namespace, name }, references) !== undefined) return conditions.markTrue(REFERENCE_EXISTS);
  const message = `The resource ${kindName} ${namespace}/${name} does not exist`;
  conditions.markFalse(REFERENCE_EXISTS, "ResourceDoesNotExist", message);
}
