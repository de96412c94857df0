import { endpointsKind } from "../../../../api/core/endpoints.ts";
import type { EndpointSlice, Service } from "../../../../api/k8s/types.generated.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { childTiming, ECHO_MS, filteredSource, informerSource, settled } from "../../../controller/sources.ts";
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
  /** What is about a Service with selector is not ours. */
  const isOurs = (service: Service | undefined) => service === undefined || !hasSelector(service);
  const changedEndpoints = filteredSource(endpoints, ({ object }) => isOurs(services.get(keyOf(object))));
  const changedServices = filteredSource(services, (change) => isOurs(change.object) || (change.type === "updated" && isOurs(change.old)));
  return {
    name: "endpointslicemirroring-controller",
    sources: [settled(changedEndpoints), settled(changedServices, ECHO_MS), changedSlices],
    concurrency: 16,
    reconcile: async (key) => {
      const found = endpoints.get(key);
      const service = services.get(key);
      if (service === undefined && found === undefined) return done; // the garbage collector takes the slices
      const mirrored = found !== undefined && service !== undefined && !hasSelector(service) && wantsMirror(found);
      await own.bring(key, mirrored ? mirrorSlices(found) : []);
      return done;
    },
  };
}
