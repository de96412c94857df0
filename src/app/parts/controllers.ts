import { allKinds } from "../../api/kinds.ts";
import type { EventPlaneView } from "../../api/ports/events.ts";
import type { ImageProvider } from "../../api/ports/images.ts";
import type { Client, Informers } from "../../client/types.ts";
import type { ControllerDeps } from "../../control/controller/deps.ts";
import { createRecorder } from "../../control/controller/recorder.ts";
import { runControllers } from "../../control/controller/run-controllers.ts";
import type { Controller } from "../../control/controller/types.ts";
import { coreControllers } from "../../control/reconcilers/core/controllers.ts";
import { certificateController } from "../../control/reconcilers/serving/certificate/controller.ts";
import { eventingControllers } from "../../control/reconcilers/eventing/controllers.ts";
import { configurationController } from "../../control/reconcilers/serving/configuration/controller.ts";
import { domainMappingController } from "../../control/reconcilers/serving/domainmapping/controller.ts";
import { gcController } from "../../control/reconcilers/serving/gc/controller.ts";
import { ingressController, type GatewayProber } from "../../control/reconcilers/serving/ingress/controller.ts";
import { labelerController } from "../../control/reconcilers/serving/labeler/controller.ts";
import { metricController } from "../../control/reconcilers/serving/metric/controller.ts";
import type { Autoscaler } from "../../control/reconcilers/serving/podautoscaler/autoscaler.ts";
import { podAutoscalerController } from "../../control/reconcilers/serving/podautoscaler/controller.ts";
import { revisionController } from "../../control/reconcilers/serving/revision/controller.ts";
import { routeController } from "../../control/reconcilers/serving/route/controller.ts";
import { serverlessServiceController } from "../../control/reconcilers/serving/serverlessservice/controller.ts";
import { serviceController } from "../../control/reconcilers/serving/service/controller.ts";
import type { KeyPair } from "../../security/certificates.ts";
import type { Ports } from "../data-directory.ts";
import { API_HOSTS } from "../pki.ts";
import type { World } from "../world.ts";

export interface ControllersOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly autoscaler: Autoscaler;
  readonly events: EventPlaneView;
  readonly prober: GatewayProber;
  readonly images: ImageProvider;
  readonly ports: Ports;
  /** The cluster's: pods get its certificate, hosts that ask for one are signed by it. */
  readonly authority: KeyPair;
}

/** Runs every controller of the embedded home until it is disposed. */
export function startControllers(world: World, options: ControllersOptions): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  const deps: ControllerDeps = {
    ...world,
    client: options.client,
    informers: options.informers,
    recorder: (component) => stack.use(createRecorder({ ...world, client: options.client, component })),
  };
  const controllers = [
    ...coreControllers(deps, { kinds: allKinds, caBundle: options.authority.certificate }),
    ...servingControllers(deps, options),
    ...eventingControllers(deps, { kinds: allKinds, events: options.events }),
  ];
  stack.use(runControllers(controllers, { ...world, ready: options.informers.synced() }));
  return stack;
}

function servingControllers(deps: ControllerDeps, options: ControllersOptions): Controller[] {
  return [
    serviceController(deps),
    configurationController(deps),
    revisionController(deps, { images: options.images }),
    routeController(deps, { externalPort: options.ports.gateway, httpsPort: options.ports.gatewayTls }),
    domainMappingController(deps, { http: options.ports.gateway, https: options.ports.gatewayTls }),
    labelerController(deps),
    gcController(deps),
    podAutoscalerController(deps, options.autoscaler),
    metricController(deps),
    serverlessServiceController(deps, { ip: "127.0.0.1", port: options.ports.internal }),
    ingressController(deps, options.prober),
    certificateController(deps, { authority: options.authority, reserved: API_HOSTS }),
  ];
}
