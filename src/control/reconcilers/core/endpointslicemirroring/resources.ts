import { endpointsKind } from "../../../../api/core/endpoints.ts";
import type { Endpoint, EndpointAddress, Endpoints, EndpointSlice, EndpointSubset } from "../../../../api/k8s/types.generated.ts";
import { shortHash } from "../../../../api/names/short-hash.ts";
import { canonicalJson } from "../../../../std/json.ts";
import { controllerRef } from "../../../controller/owners.ts";
import { addressType, MANAGED_BY_LABEL, MIRROR_MANAGER, SERVICE_NAME_LABEL, SKIP_MIRROR_LABEL } from "../slices.ts";

const LAST_CHANGE_ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";
const LEADER_ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

export function wantsMirror({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP_MIRROR_LABEL] !== "true" && metadata.annotations?.[LEADER_ANNOTATION] === undefined;
}

/** Slices that say the same as Endpoints made by hand: one a subset and address family. */
export function mirrorSlices(endpoints: Endpoints): EndpointSlice[] {
  return (endpoints.subsets ?? []).flatMap((subset) => {
    const all = endpointsOf(subset);
    return (["IPv4", "IPv6"] as const).flatMap((family) => {
      const here = all.filter(({ addresses }) => addressType(addresses[0] ?? "") === family);
      return here.length === 0 ? [] : [makeSlice(endpoints, subset, family, here)];
    });
  });
}

function makeSlice(endpoints: Endpoints, { ports = [] }: EndpointSubset, family: string, list: Endpoint[]): EndpointSlice {
  const { name = "", namespace, labels, annotations } = endpoints.metadata;
  const { [LAST_CHANGE_ANNOTATION]: _changed, ...kept } = annotations ?? {};
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${shortHash(`${family} ${canonicalJson(ports)}`)}`,
      namespace,
      labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRROR_MANAGER },
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
      ownerReferences: [controllerRef(endpointsKind, endpoints)],
    },
    addressType: family,
    endpoints: list,
    ports: ports.map((port) => ({ ...port, name: port.name ?? "", protocol: port.protocol ?? "TCP" })),
  };
}

function endpointsOf({ addresses = [], notReadyAddresses = [] }: EndpointSubset): Endpoint[] {
  return [...addresses.map((address) => makeEndpoint(address, true)), ...notReadyAddresses.map((address) => makeEndpoint(address, false))];
}

function makeEndpoint({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}
