import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, ownerSource } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
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
    sources: [informerSource(world.configurations), ownerSource(world.revisions, configurationKind)],
    concurrency: 16,
    reconcile: (key) => reconcileConfiguration(world, key),
  };
}
