import type { ConfigMap, ServiceAccount } from "../../../../api/k8s/types.generated.ts";

export const DEFAULT_ACCOUNT = "default";
export const ROOT_CA = "kube-root-ca.crt";

const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal " +
  "service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

export function makeDefaultAccount(namespace: string): ServiceAccount {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: DEFAULT_ACCOUNT, namespace } };
}

/** `caBundle` is PEM. */
export function makeRootCa(namespace: string, caBundle: string): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: ROOT_CA, namespace, annotations: { "kubernetes.io/description": DESCRIPTION } },
    data: { "ca.crt": caBundle },
  };
}
