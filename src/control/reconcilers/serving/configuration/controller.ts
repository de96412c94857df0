import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind, type Revision } from "../../../../api/serving/revision.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { childTiming, ECHO_MS, ownerSource, sourcesOf, type Updated } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import { turned } from "../shared/timing.ts";
import { reconcileConfiguration, type ConfigurationWorld } from "./reconcile.ts";

export function configurationController(deps: ControllerDeps): Controller {
  const world: ConfigurationWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("configuration-controller"),
    configurations: deps.informers.of(configurationKind),
    revisions: deps.informers.of(revisionKind),
  };
  indexByController(world.revisions);
  return {
    name: "configuration-controller",
    sources: sourcesOf(world.configurations, ownerSource(world.revisions, configurationKind, childTiming(revisionTiming))),
    concurrency: 16,
    reconcile: (key) => reconcileConfiguration(world, key),
  };
}

/** Traffic waits for Ready. */
function revisionTiming(change: Updated<Revision>): number {
  return turned(change, "Ready") ? 0 : ECHO_MS;
}
