import { endpointsKind } from "../../../../api/core/endpoints.ts";
import type { EndpointSlice } from "../../../../api/k8s/types.generated.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { childTiming, ECHO_MS, informerSource, settled } from "../../../controller/sources.ts";
import { done, type Controller } from "../../../controller/types.ts";
import { hasSelector } from "../service-pods.ts";
import { SliceSet } from "../slice-set.ts";
import { MANAGED_BY_LABEL, MIRROR_MANAGER, SERVICE_NAME_LABEL } from "../slices.ts";
import { mirrorSlices, wantsMirror } from "./resources.ts";

/** Mirrors Endpoints that somebody makes for a Service without selector into EndpointSlices. */
export function endpointSliceMirroringController(deps: ControllerDeps): Controller {
  const endpoints = deps.informers.of(endpointsKind);
  const services = deps.informers.of(serviceKind);
  const slices = deps.informers.of(endpointSliceKind);
  const own = new SliceSet(deps.client, slices, MIRROR_MANAGER);
  const serviceOf = ({ metadata: { namespace = "", labels } }: EndpointSlice) =>
    labels?.[MANAGED_BY_LABEL] === MIRROR_MANAGER ? [{ namespace, name: labels[SERVICE_NAME_LABEL] ?? "" }] : [];
  const changedSlices = informerSource(
    slices,
    serviceOf,
    childTiming(() => ECHO_MS),
  );
  return {
    name: "endpointslicemirroring-controller",
    sources: [settled(informerSource(endpoints)), settled(informerSource(services), ECHO_MS), changedSlices],
    concurrency: 16,
    reconcile: async (key) => {
      const found = endpoints.get(key);
      const service = services.get(key);
      const mirrored = found !== undefined && service !== undefined && !hasSelector(service) && wantsMirror(found);
      await own.bring(key, mirrored ? mirrorSlices(found) : []);
      return done;
    },
  };
}
