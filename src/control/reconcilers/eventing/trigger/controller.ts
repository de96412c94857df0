import { brokerKind } from "../../../../api/eventing/broker.ts";
import { brokerOf, triggerKind, type Trigger } from "../../../../api/eventing/trigger.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, sourcesOf } from "../../../controller/sources.ts";
import { Tracker } from "../../../controller/tracker.ts";
import type { Controller } from "../../../controller/types.ts";
import type { EventingOptions } from "../shared/options.ts";
import { DestinationResolver } from "../shared/destination.ts";
import { planeSource } from "../shared/plane.ts";
import { reconcileTrigger, type TriggerWorld } from "./reconcile.ts";

const BY_BROKER = "broker";

export function triggerController(deps: ControllerDeps, { kinds, events }: EventingOptions): Controller {
  const world: TriggerWorld = {
    client: deps.client,
    clock: deps.clock,
    triggers: deps.informers.of(triggerKind),
    brokers: deps.informers.of(brokerKind),
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
    events,
  };
  world.triggers.addIndex(BY_BROKER, (trigger) => [`${trigger.metadata.namespace ?? ""}/${brokerOf(trigger)}`]);
  const triggersOf = ({ metadata: { namespace = "", name = "" } }: KubeObject) =>
    world.triggers.byIndex(BY_BROKER, `${namespace}/${name}`).map(({ metadata }: Trigger) => ({ namespace, name: metadata.name ?? "" }));
  return {
    name: "trigger-controller",
    sources: sourcesOf(world.triggers, informerSource(world.brokers, triggersOf), world.tracker, planeSource(events, world.triggers)),
    reconcile: (key) => reconcileTrigger(world, key),
  };
}
