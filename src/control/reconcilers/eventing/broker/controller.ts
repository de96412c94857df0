import { brokerClass, brokerKind, type Broker, type BrokerStatus } from "../../../../api/eventing/broker.ts";
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
import type { BrokerView, EventPlaneView } from "../../../../api/ports/events.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { Tracker, type Reference } from "../../../controller/tracker.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { resolveDeadLetterSink } from "../shared/dead-letter.ts";
import { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";

interface BrokerWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly brokers: Informer<Broker>;
  readonly resolver: DestinationResolver;
  readonly tracker: Tracker;
  readonly events: EventPlaneView;
}

/** Brokers of our class; those of others are their controllers' business and stay as they are. */
export function brokerController(deps: ControllerDeps, { kinds, events }: EventingOptions): Controller {
  const world: BrokerWorld = {
    client: deps.client,
    clock: deps.clock,
    brokers: deps.informers.of(brokerKind),
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
    events,
  };
  return {
    name: "broker-controller",
    sources: sourcesOf(world.brokers, world.tracker, planeSource(events, world.brokers)),
    reconcile: (key) => reconcileBroker(world, key),
  };
}

async function reconcileBroker(world: BrokerWorld, key: ObjectKey): Promise<Outcome> {
  const broker = world.brokers.get(key);
  if (broker === undefined || broker.metadata.deletionTimestamp !== undefined) world.tracker.forget(key);
  if (broker === undefined || broker.metadata.deletionTimestamp !== undefined || brokerClass(broker) !== BROKER_CLASS) return done;
  const conditions = conditionsOf(BROKER_CONDITIONS, broker, world.clock.now());
  const status: BrokerStatus = { ...broker.status };
  const references: Reference[] = [];
  const { delivery } = broker.spec;
  markPlane(conditions, world.events.broker(broker.metadata.uid ?? ""));
  const url = brokerUrl(key.namespace, key.name);
  status.address = { name: "http", url };
  conditions.markTrue(ADDRESSABLE);
  resolveDeadLetterSink(status, conditions, { resolver: world.resolver, delivery, namespace: key.namespace, references });
  markPoliciesByDefault(conditions);
  world.tracker.track(key, references);
  status.conditions = conditions.conditions;
  status.observedGeneration = broker.metadata.generation;
  await updateStatusIfChanged(world.client, brokerKind, broker, status);
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
