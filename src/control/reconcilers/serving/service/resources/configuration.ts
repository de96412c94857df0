import { configurationKind, type Configuration } from "../../../../../api/serving/configuration.ts";
import { knativeServiceKind, type KnativeService } from "../../../../../api/serving/service.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import {
  LAST_APPLIED_ANNOTATION,
  ROLLOUT_DURATION_ANNOTATION,
  ROLLOUT_DURATION_OLD_ANNOTATION,
  ROUTES_ANNOTATION,
  SERVICE_LABEL,
  SERVICE_UID_LABEL,
} from "../../../../../api/names/labels.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { entry, without } from "../../shared/metadata.ts";

/** The Configuration of a Service. */
export function makeConfiguration(service: KnativeService): Configuration {
  const { name = "", namespace, uid = "", labels, annotations } = service.metadata;
  return {
    apiVersion: apiVersionOf(configurationKind),
    kind: configurationKind.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [SERVICE_LABEL]: name, [SERVICE_UID_LABEL]: uid },
      annotations: without(annotations, LAST_APPLIED_ANNOTATION, ROLLOUT_DURATION_ANNOTATION, ROLLOUT_DURATION_OLD_ANNOTATION),
      ownerReferences: [controllerRef(knativeServiceKind, service)],
    },
    spec: { template: service.spec.template },
  };
}

/** The existing Configuration as it should be. What the labeler wrote on it stays. */
export function alignConfiguration(existing: Configuration, desired: Configuration): Configuration {
  const routes = existing.metadata.annotations?.[ROUTES_ANNOTATION];
  const annotations = { ...desired.metadata.annotations, ...entry(ROUTES_ANNOTATION, routes) };
  return { ...existing, metadata: { ...existing.metadata, labels: desired.metadata.labels, annotations }, spec: desired.spec };
}
