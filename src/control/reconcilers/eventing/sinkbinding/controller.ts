import { sinkBindingKind } from "../../../../api/sources/sink-binding.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import type { EventingOptions } from "../shared/options.ts";
import { eventingWorld, settingsSource } from "../shared/world.ts";
import { reconcileSinkBinding, type SinkBindingWorld } from "./reconcile.ts";
import { SubjectSource } from "./subject-source.ts";

export function sinkBindingController(deps: ControllerDeps, options: EventingOptions): Controller {
  const { informers } = deps;
  const shared = eventingWorld(deps, options, sinkBindingKind);
  const world: SinkBindingWorld = { ...shared, informers, subjects: new SubjectSource(informers, shared.objects) };
  return {
    name: "sinkbinding-controller",
    sources: sourcesOf(world.objects, world.tracker, settingsSource(deps, world), world.subjects),
    reconcile: (key) => reconcileSinkBinding(world, key),
  };
}
