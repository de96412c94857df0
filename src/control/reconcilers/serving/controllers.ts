import type { ControllerDeps } from "../../controller/deps.ts";
import type { Controller } from "../../controller/types.ts";
import { configurationController } from "./configuration/controller.ts";
import { gcController } from "./gc/controller.ts";
import { labelerController } from "./labeler/controller.ts";
import { revisionController, type RevisionControllerOptions } from "./revision/controller.ts";
import { routeController, type RouteControllerOptions } from "./route/controller.ts";
import { serviceController } from "./service/controller.ts";

export type ServingOptions = RevisionControllerOptions & RouteControllerOptions;

/** The controllers that turn Services into revisions and routes. The autoscaler's and the gateway's stand beside them. */
export function servingControllers(deps: ControllerDeps, options: ServingOptions): readonly Controller[] {
  return [
    serviceController(deps),
    configurationController(deps),
    revisionController(deps, options),
    routeController(deps, options),
    labelerController(deps),
    gcController(deps),
  ];
}
