import type { KindRef } from "../../../api/meta/kind.ts";
import type { ControllerDeps } from "../../controller/deps.ts";
import type { Controller } from "../../controller/types.ts";
import { deploymentController } from "./deployment/controller.ts";
import { endpointsController } from "./endpoints/controller.ts";
import { endpointSliceController } from "./endpointslice/controller.ts";
import { endpointSliceMirroringController } from "./endpointslicemirroring/controller.ts";
import { garbageCollectorController } from "./garbagecollector/controller.ts";
import { leaseController } from "./lease/controller.ts";
import { namespaceController } from "./namespace/controller.ts";
import { replicaSetController } from "./replicaset/controller.ts";
import { schedulerController } from "./scheduler/controller.ts";
import { serviceAccountController } from "./serviceaccount/controller.ts";

export interface CoreOptions {
  /** All kinds that the API server stores, built-in and custom. */
  readonly kinds: readonly KindRef[];
  /** PEM, for `kube-root-ca.crt`. */
  readonly caBundle: string;
}

/** What stands in for kube-controller-manager and kube-scheduler in the embedded home. */
export function coreControllers(deps: ControllerDeps, { kinds, caBundle }: CoreOptions): readonly Controller[] {
  return [
    deploymentController(deps),
    replicaSetController(deps),
    schedulerController(deps),
    endpointSliceController(deps),
    endpointsController(deps),
    endpointSliceMirroringController(deps),
    garbageCollectorController(deps, kinds),
    namespaceController(deps, kinds),
    serviceAccountController(deps, caBundle),
    leaseController(deps),
  ];
}
