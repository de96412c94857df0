import type { ConfigMap } from "../../api/k8s/types.generated.ts";
import { REGISTRY_HOSTING } from "../../api/names/registry.ts";
import type { Ports } from "../data-directory.ts";

/** Tells build tools where images are pushed to, as Kubernetes' KEP-1755 has it for local registries. */
export function registryHosting(ports: Ports): ConfigMap {
  const host = `localhost:${ports.registry}`;
  const hosting = [`host: "${host}"`, `hostFromContainerRuntime: "${host}"`, `hostFromClusterNetwork: "${host}"`, ""].join("\n");
  return { metadata: { ...REGISTRY_HOSTING.key }, data: { [REGISTRY_HOSTING.field]: hosting } };
}
