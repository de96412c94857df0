/** Labels of EndpointSlices and who writes them. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
export const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
export const HEADLESS_LABEL = "service.kubernetes.io/headless";
export const SKIP_MIRROR_LABEL = "endpointslice.kubernetes.io/skip-mirror";

export const SLICE_MANAGER = "endpointslice-controller.k8s.io";
export const MIRROR_MANAGER = "endpointslicemirroring-controller.k8s.io";

export function addressType(address: string): "IPv4" | "IPv6" {
  return address.includes(":") ? "IPv6" : "IPv4";
}
