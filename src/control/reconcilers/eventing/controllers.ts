import type { ControllerDeps } from "../../controller/deps.ts";
import type { Controller } from "../../controller/types.ts";
import { apiServerSourceController } from "./apiserversource/controller.ts";
import { brokerController } from "./broker/controller.ts";
import { containerSourceController } from "./containersource/controller.ts";
import { eventTypeController } from "./eventtype/controller.ts";
import { pingSourceController } from "./pingsource/controller.ts";
import type { EventingOptions } from "./shared/options.ts";
import { sinkBindingController } from "./sinkbinding/controller.ts";
import { sugarController } from "./sugar/controller.ts";
import { triggerController } from "./trigger/controller.ts";

/** Every controller of Eventing. */
export function eventingControllers(deps: ControllerDeps, options: EventingOptions): Controller[] {
  return [
    brokerController(deps, options),
    triggerController(deps, options),
    eventTypeController(deps, options),
    sugarController(deps),
    pingSourceController(deps, options),
    apiServerSourceController(deps, options),
    sinkBindingController(deps, options),
    containerSourceController(deps),
  ];
}
