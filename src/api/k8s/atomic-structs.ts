const CORE = "io.k8s.api.core.v1.";
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** Structs that one manager owns as a whole: a reference or a selector of which each wrote a part would mean nothing. */
export const ATOMIC_STRUCTS: ReadonlySet<string> = new Set([
  "io.k8s.api.autoscaling.v1.CrossVersionObjectReference",
  "io.k8s.api.discovery.v1.EndpointPort",
  "io.k8s.api.networking.v1.ServiceBackendPort",
  "io.k8s.api.rbac.v1.RoleRef",
  "io.k8s.api.rbac.v1.Subject",
  `${CORE}ConfigMapKeySelector`,
  `${CORE}EndpointAddress`,
  `${CORE}EndpointPort`,
  `${CORE}FileKeySelector`,
  `${CORE}LocalObjectReference`,
  `${CORE}NodeSelector`,
  `${CORE}NodeSelectorTerm`,
  `${CORE}ObjectFieldSelector`,
  `${CORE}ObjectReference`,
  `${CORE}ResourceFieldSelector`,
  `${CORE}ScopeSelector`,
  `${CORE}SecretKeySelector`,
  `${CORE}SecretReference`,
  `${CORE}TopologySelectorTerm`,
  `${CORE}TypedLocalObjectReference`,
  `${META}LabelSelector`,
  `${META}OwnerReference`,
]);
