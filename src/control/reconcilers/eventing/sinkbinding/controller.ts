import { sinkBindingKind } from "../../../../api/sources/sink-binding.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { sourcesOf } from "../../../controller/sources.ts";
import { Tracker } from "../../../controller/tracker.ts";
import type { Controller } from "../../../controller/types.ts";
import { DestinationResolver } from "../shared/destination.ts";
import type { EventingOptions } from "../shared/options.ts";
import { reconcileSinkBinding, type SinkBindingWorld } from "./reconcile.ts";
import { SubjectSource } from "./subject-source.ts";

export function sinkBindingController(deps: ControllerDeps, { kinds }: EventingOptions): Controller {
  const bindings = deps.informers.of(sinkBindingKind);
  const world: SinkBindingWorld = {
    client: deps.client,
    clock: deps.clock,
    informers: deps.informers,
    bindings,
    resolver: new DestinationResolver(deps, kinds),
    tracker: new Tracker(deps.informers),
    subjects: new SubjectSource(deps.informers, bindings),
  };
  return {
    name: "sinkbinding-controller",
    sources: sourcesOf(bindings, world.tracker, world.subjects),
    reconcile: (key) => reconcileSinkBinding(world, key),
  };
}
