import { childName } from "./child-name.ts";

/** Names that more than one of Serving's kinds relies on. */

export function deploymentName(revision: string): string {
  return childName(revision, "-deployment");
}

/** The name of the revision that a Configuration makes for a generation of its spec, unless the user chose one. */
export function revisionName(configuration: string, generation: number): string {
  return childName(configuration, `-${String(generation).padStart(5, "0")}`);
}

/** `name.namespace.svc.cluster.local`: how a host is known inside. */
export function clusterHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/** All spellings of an inside host, shortest first. */
export function expandedClusterHosts(name: string, namespace: string): string[] {
  return [`${name}.${namespace}`, `${name}.${namespace}.svc`, clusterHost(name, namespace)];
}

export const CLUSTER_DOMAIN = "cluster.local";
