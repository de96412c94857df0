import { routeKind, type Route } from "../../../../../api/serving/route.ts";
import { knativeServiceKind, type KnativeService } from "../../../../../api/serving/service.ts";
import type { TrafficTarget } from "../../../../../api/serving/traffic.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import { LAST_APPLIED_ANNOTATION, SERVICE_LABEL } from "../../../../../api/names/labels.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { without } from "../../shared/metadata.ts";

/** The Route of a Service: targets without a revision mean the Service's own Configuration. */
export function makeRoute(service: KnativeService): Route {
  const { name = "", namespace, labels, annotations } = service.metadata;
  return {
    apiVersion: apiVersionOf(routeKind),
    kind: routeKind.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [SERVICE_LABEL]: name },
      annotations: without(annotations, LAST_APPLIED_ANNOTATION),
      ownerReferences: [controllerRef(knativeServiceKind, service)],
    },
    spec: { traffic: (service.spec.traffic ?? []).map((target) => inRoute(target, name)) },
  };
}

function inRoute(target: TrafficTarget, configuration: string): TrafficTarget {
  return target.revisionName ? target : { ...target, configurationName: configuration };
}

export function alignRoute(existing: Route, desired: Route): Route {
  const { labels, annotations } = desired.metadata;
  return { ...existing, metadata: { ...existing.metadata, labels, annotations }, spec: desired.spec };
}
