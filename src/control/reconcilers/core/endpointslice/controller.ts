import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import type { EndpointSlice } from "../../../../api/k8s/types.generated.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { childTiming, ECHO_MS, informerSource } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { hasSelector, ServicePods } from "../service-pods.ts";
import { SliceSet } from "../slice-set.ts";
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, SLICE_MANAGER } from "../slices.ts";
import { makeSlice } from "./resources.ts";

/** One EndpointSlice for each pod of each Service with a selector. They belong to the Service and go with it. */
export function endpointSliceController(deps: ControllerDeps): Controller {
  const world = new ServicePods(deps.informers);
  const slices = deps.informers.of(endpointSliceKind);
  const own = new SliceSet(deps.client, slices, SLICE_MANAGER);
  const serviceOf = ({ metadata: { namespace = "", labels } }: EndpointSlice) =>
    labels?.[MANAGED_BY_LABEL] === SLICE_MANAGER ? [{ namespace, name: labels[SERVICE_NAME_LABEL] ?? "" }] : [];
  const changedSlices = informerSource(
    slices,
    serviceOf,
    childTiming(() => ECHO_MS),
  );
  return {
    name: "endpointslice-controller",
    sources: [...world.sources(), changedSlices],
    concurrency: 16,
    reconcile: (key) => reconcileSlices(world, own, key),
  };
}

async function reconcileSlices(world: ServicePods, own: SliceSet, key: ObjectKey): Promise<Outcome> {
  const service = world.services.get(key);
  if (service === undefined) return done; // the garbage collector takes the slices
  const pods = hasSelector(service) ? world.podsOf(service) : [];
  const desired = pods.map((pod) => makeSlice(service, pod));
  await own.bring(key, desired);
  return done;
}
