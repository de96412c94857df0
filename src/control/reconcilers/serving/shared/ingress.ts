import type { NetworkConfig } from "../../../../api/config/network.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { HTTP_PROTOCOL_ANNOTATIONS, INGRESS_CLASS_ANNOTATION, INGRESS_CLASS_OLD_ANNOTATION } from "../../../../api/names/labels.ts";
import type { Ingress } from "../../../../api/networking-internal/ingress.ts";

/** Who serves the hosts of a Route or DomainMapping. */
export function ingressClassOf({ metadata: { annotations } }: KubeObject, network: NetworkConfig): string {
  return annotations?.[INGRESS_CLASS_ANNOTATION] ?? annotations?.[INGRESS_CLASS_OLD_ANNOTATION] ?? network.ingressClass;
}

export function alignIngress(existing: Ingress, desired: Ingress): Ingress {
  const { labels, annotations } = desired.metadata;
  return { ...existing, metadata: { ...existing.metadata, labels, annotations }, spec: desired.spec };
}

/** What the external listener does with plain http: what the object asks for, or else the cluster. */
export function httpOptionOf({ metadata: { annotations } }: KubeObject, network: NetworkConfig): "Enabled" | "Redirected" {
  const key = HTTP_PROTOCOL_ANNOTATIONS.find((name) => annotations?.[name] !== undefined);
  const asked = (key === undefined ? undefined : annotations?.[key]) ?? network.httpProtocol;
  return asked.toLowerCase() === "redirected" ? "Redirected" : "Enabled";
}
