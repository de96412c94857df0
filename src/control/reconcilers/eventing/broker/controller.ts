import { brokerClass, brokerKind, type Broker } from "../../../../api/eventing/broker.ts";
import {
  ADDRESSABLE,
  BROKER_CONDITIONS,
  FILTER_READY,
  INGRESS_READY,
  markPoliciesByDefault,
  TRIGGER_CHANNEL_READY,
} from "../../../../api/eventing/broker-lifecycle.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import { BROKER_CLASS, brokerUrl } from "../../../../api/names/eventing.ts";
import type { BrokerView } from "../../../../api/ports/events.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { resolveDeadLetterSink } from "../shared/dead-letter.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { beginPass, endPass, eventingWorld, presentObject, settingsSource, type EventingWorld } from "../shared/world.ts";

/** Brokers of our class; those of others are their controllers' business and stay as they are. */
export function brokerController(deps: ControllerDeps, options: EventingOptions): Controller {
  const world = eventingWorld(deps, options, brokerKind);
  return {
    name: "broker-controller",
    sources: sourcesOf(world.objects, world.tracker, settingsSource(deps, world), planeSource(options.events, world.objects)),
    reconcile: (key) => reconcileBroker(world, key),
  };
}

async function reconcileBroker(world: EventingWorld<Broker>, key: ObjectKey): Promise<Outcome> {
  const broker = presentObject(world, key);
  if (broker === undefined || brokerClass(broker) !== BROKER_CLASS) return done;
  const pass = beginPass(world, broker, BROKER_CONDITIONS);
  const { status, conditions, references } = pass;
  markPlane(conditions, world.events.broker(broker.metadata.uid ?? ""));
  status.address = { name: "http", url: brokerUrl(key.namespace, key.name) };
  conditions.markTrue(ADDRESSABLE);
  const { delivery } = broker.spec;
  resolveDeadLetterSink(status, conditions, { resolver: world.resolver, delivery, namespace: key.namespace, references });
  markPoliciesByDefault(conditions);
  await endPass(world, pass);
  return done;
}

/** Ingress, journal and filters are one thing here: the event plane. */
function markPlane(conditions: ConditionManager, view: BrokerView | undefined): void {
  if (view === undefined) {
    for (const type of [INGRESS_READY, TRIGGER_CHANNEL_READY, FILTER_READY]) {
      conditions.markUnknown(type, "EventPlaneNotStarted", "The event plane has not yet taken up this Broker.");
    }
    return;
  }
  conditions.markTrue(FILTER_READY, "EventPlane", "The event plane filters for all Triggers.");
  if (view.ready) conditions.markTrue(INGRESS_READY);
  else conditions.markFalse(INGRESS_READY, "NotAccepting", view.message || "The event plane does not accept events for this Broker.");
  if (view.message === "") conditions.markTrue(TRIGGER_CHANNEL_READY);
  else conditions.markFalse(TRIGGER_CHANNEL_READY, "JournalNeedsAttention", view.message);
}
