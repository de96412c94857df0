import { podKind } from "../../../../api/core/pod.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import type { Endpoint, EndpointSlice, Pod, Service } from "../../../../api/k8s/types.generated.ts";
import { shortHash } from "../../../../api/names/short-hash.ts";
import { controllerRef } from "../../../controller/owners.ts";
import { resolvePorts } from "../endpoint-ports.ts";
import { isPodReady } from "../pods.ts";
import { addressType, HEADLESS_LABEL, MANAGED_BY_LABEL, SERVICE_NAME_LABEL, SLICE_MANAGER } from "../slices.ts";

/** The slice of one pod: pods may share an address, and then only the port tells them apart. */
export function makeSlice(service: Service, pod: Pod): EndpointSlice {
  const name = service.metadata.name ?? "";
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${shortHash(pod.metadata.uid ?? "")}`,
      namespace: service.metadata.namespace,
      labels: sliceLabels(service),
      ownerReferences: [controllerRef(serviceKind, service)],
    },
    addressType: addressType(pod.status?.podIP ?? ""),
    endpoints: [makeEndpoint(service, pod)],
    ports: [...resolvePorts(service, pod)],
  };
}

function sliceLabels({ metadata, spec }: Service): Record<string, string> {
  return {
    ...metadata.labels,
    ...(spec?.clusterIP === "None" ? { [HEADLESS_LABEL]: "" } : {}),
    [SERVICE_NAME_LABEL]: metadata.name ?? "",
    [MANAGED_BY_LABEL]: SLICE_MANAGER,
  };
}

function makeEndpoint({ metadata, spec }: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isPodReady(pod);
  const ready = spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { hostname, subdomain, nodeName } = pod.spec ?? {};
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: [pod.status?.podIP ?? ""],
    conditions: { ready, serving: spec?.publishNotReadyAddresses === true || serving, terminating },
    ...(hostname && subdomain === metadata.name ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: podKind.kind, namespace, name, uid },
  };
}
