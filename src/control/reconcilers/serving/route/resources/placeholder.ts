import { serviceKind } from "../../../../../api/core/service.ts";
import type { Service } from "../../../../../api/k8s/types.generated.ts";
import { routeKind, type Route } from "../../../../../api/serving/route.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import { LAST_APPLIED_ANNOTATION, ROUTE_LABEL, SERVICE_LABEL } from "../../../../../api/names/labels.ts";
import { clusterHost } from "../../../../../api/names/serving.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { entry, without } from "../../shared/metadata.ts";
import type { Hosts } from "../hosts.ts";

const PORTS = [{ appProtocol: "kubernetes.io/h2c", name: "http2", port: 80, protocol: "TCP", targetPort: 80 }];

/**
 * The Service that gives a route's name a place in cluster DNS. It points to its host until it is known where the
 * gateway's internal side is.
 */
export function makePlaceholder(route: Route, hosts: Hosts, gateway: string | undefined): Service {
  const { name = "", namespace = "", labels, annotations } = route.metadata;
  const externalName = gateway ?? hosts.external ?? clusterHost(hosts.name, namespace);
  return {
    apiVersion: apiVersionOf(serviceKind),
    kind: serviceKind.kind,
    metadata: {
      name: hosts.name,
      namespace,
      labels: { [ROUTE_LABEL]: name, ...entry(SERVICE_LABEL, labels?.[SERVICE_LABEL]) },
      annotations: without(annotations, LAST_APPLIED_ANNOTATION),
      ownerReferences: [controllerRef(routeKind, route)],
    },
    spec: { type: "ExternalName", externalName, ports: PORTS, sessionAffinity: "None" },
  };
}

/** The existing one as it should be. Labels that users put on it (visibility) stay. */
export function alignPlaceholder(existing: Service, desired: Service): Service {
  const { labels, annotations } = desired.metadata;
  const isSame = existing.spec?.type === "ExternalName" && existing.spec.externalName === desired.spec?.externalName;
  return {
    ...existing,
    metadata: { ...existing.metadata, labels: { ...existing.metadata.labels, ...labels }, annotations },
    ...(isSame ? {} : { spec: desired.spec }),
  };
}
