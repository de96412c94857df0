/** Where a local registry says how it is reached: Kubernetes' KEP-1755. */
export const REGISTRY_HOSTING = {
  key: { namespace: "kube-public", name: "local-registry-hosting" },
  /** YAML with `host`. */
  field: "localRegistryHosting.v1",
} as const;
