import { EVENT_TYPE_CONDITIONS, REFERENCE_EXISTS } from "../../../../api/eventing/event-type-lifecycle.ts";
import { eventTypeKind, type EventType } from "../../../../api/eventing/event-type.ts";
import type { KReference } from "../../../../api/duck/destination.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import type { Reference } from "../../../controller/tracker.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import type { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";
import { beginPass, endPass, eventingWorld, presentObject, type EventingWorld } from "../shared/world.ts";

export function eventTypeController(deps: ControllerDeps, options: EventingOptions): Controller {
  const world = eventingWorld(deps, options, eventTypeKind);
  return {
    name: "eventtype-controller",
    sources: sourcesOf(world.objects, world.tracker),
    reconcile: (key) => reconcileEventType(world, key),
  };
}

async function reconcileEventType(world: EventingWorld<EventType>, key: ObjectKey): Promise<Outcome> {
  const eventType = presentObject(world, key);
  if (eventType === undefined) return done;
  const pass = beginPass(world, eventType, EVENT_TYPE_CONDITIONS);
  const { conditions, references } = pass;
  markReference(world.resolver, conditions, { reference: referenceOf(eventType), namespace: key.namespace, references });
  await endPass(world, pass);
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
