import { podKind } from "../../../../api/core/pod.ts";
import type { EndpointAddress, Endpoints, EndpointSubset, Pod, Service } from "../../../../api/k8s/types.generated.ts";
import { canonicalJson } from "../../../../std/json.ts";
import { resolvePorts } from "../endpoint-ports.ts";
import { isPodReady } from "../pods.ts";
import { HEADLESS_LABEL } from "../slices.ts";

/** The Endpoints of a Service: pods with the same ports share a subset. Pods on their way out are not in it. */
export function makeEndpoints(service: Service, pods: readonly Pod[]): Endpoints {
  const subsets = new Map<string, EndpointSubset>();
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp === undefined || service.spec?.publishNotReadyAddresses === true) addPod(subsets, service, pod);
  }
  const headless = service.spec?.clusterIP === "None" ? { [HEADLESS_LABEL]: "" } : {};
  const labels = { ...service.metadata.labels, ...headless };
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: {
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    ...(subsets.size === 0 ? {} : { subsets: [...subsets.values()] }),
  };
}

function addPod(subsets: Map<string, EndpointSubset>, service: Service, pod: Pod): void {
  const ports = resolvePorts(service, pod).map(({ name, ...port }) => (name === "" ? port : { name, ...port }));
  if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) return;
  const id = canonicalJson(ports);
  const subset: EndpointSubset = subsets.get(id) ?? (ports.length === 0 ? {} : { ports });
  const ready = service.spec?.publishNotReadyAddresses === true || isPodReady(pod);
  const list = ready ? "addresses" : "notReadyAddresses";
  subsets.set(id, { ...subset, [list]: [...(subset[list] ?? []), makeAddress(service, pod)] });
}

function makeAddress(service: Service, pod: Pod): EndpointAddress {
  const { namespace, name, uid } = pod.metadata;
  const { hostname, subdomain, nodeName } = pod.spec ?? {};
  return {
    ip: pod.status?.podIP ?? "",
    ...(hostname && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: podKind.kind, namespace, name, uid },
  };
}
