import { brokerKind } from "../../../../api/eventing/broker.ts";
import { brokerOf, triggerKind, type Trigger } from "../../../../api/eventing/trigger.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, sourcesOf } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import type { EventingOptions } from "../shared/options.ts";
import { planeSource } from "../shared/plane.ts";
import { eventingWorld, settingsSource } from "../shared/world.ts";
import { reconcileTrigger, type TriggerWorld } from "./reconcile.ts";

const BY_BROKER = "broker";

export function triggerController(deps: ControllerDeps, options: EventingOptions): Controller {
  const world: TriggerWorld = { ...eventingWorld(deps, options, triggerKind), brokers: deps.informers.of(brokerKind) };
  world.objects.addIndex(BY_BROKER, (trigger) => [`${trigger.metadata.namespace ?? ""}/${brokerOf(trigger)}`]);
  const triggersOf = ({ metadata: { namespace = "", name = "" } }: KubeObject) =>
    world.objects.byIndex(BY_BROKER, `${namespace}/${name}`).map(({ metadata }: Trigger) => ({ namespace, name: metadata.name ?? "" }));
  return {
    name: "trigger-controller",
    sources: sourcesOf(
      world.objects,
      informerSource(world.brokers, triggersOf),
      world.tracker,
      settingsSource(deps, world),
      planeSource(options.events, world.objects),
    ),
    reconcile: (key) => reconcileTrigger(world, key),
  };
}
