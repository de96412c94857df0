import type { EndpointSlice } from "../../../../api/k8s/types.generated.ts";
import type { Informer } from "../../../../client/types.ts";

const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
const INDEX = "service";

/** Must be called once on the informer before `countReady`. */
export function indexByService(slices: Informer<EndpointSlice>): void {
  slices.addIndex(INDEX, (slice) => {
    const service = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    return service === undefined ? [] : [`${slice.metadata.namespace ?? ""}/${service}`];
  });
}

/** Endpoints of a Service that take traffic: ready and not terminating. */
export function countReady(slices: Informer<EndpointSlice>, namespace: string, service: string): number {
  return slices.byIndex(INDEX, `${namespace}/${service}`).reduce((count, slice) => count + readyIn(slice), 0);
}

export function readyIn({ endpoints }: EndpointSlice): number {
  return (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true).length;
}
