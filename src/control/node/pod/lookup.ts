import type { ConfigMap, Secret } from "../../../api/k8s/types.generated.ts";

/** What a pod's references are resolved against: the informers' caches. */
export interface Lookup {
  configMap(namespace: string, name: string): ConfigMap | undefined;
  secret(namespace: string, name: string): Secret | undefined;
}

/** What the node gives a container that states no limit of its own. */
export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  /** The pod's own address, where it has one. */
  readonly podIp?: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}
