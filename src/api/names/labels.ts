/** Labels and annotations of Knative, by their whole key. */

export const SERVING = "serving.knative.dev";
export const AUTOSCALING = "autoscaling.knative.dev";
export const NETWORKING = "networking.knative.dev";
export const NETWORKING_INTERNAL = "networking.internal.knative.dev";

// Labels: ownership and selection.
export const SERVICE_LABEL = `${SERVING}/service`;
export const SERVICE_UID_LABEL = `${SERVING}/serviceUID`;
export const CONFIGURATION_LABEL = `${SERVING}/configuration`;
export const CONFIGURATION_UID_LABEL = `${SERVING}/configurationUID`;
export const CONFIGURATION_GENERATION_LABEL = `${SERVING}/configurationGeneration`;
export const ROUTE_LABEL = `${SERVING}/route`;
export const ROUTE_NAMESPACE_LABEL = `${SERVING}/routeNamespace`;
export const DOMAIN_MAPPING_UID_LABEL = `${SERVING}/domainMappingUID`;
export const DOMAIN_MAPPING_NAMESPACE_LABEL = `${SERVING}/domainMappingNamespace`;
export const REVISION_LABEL = `${SERVING}/revision`;
export const REVISION_UID_LABEL = `${SERVING}/revisionUID`;
export const APP_LABEL = "app";
/** Hash of the Deployment's spec as we made it. */
export const DEPLOYMENT_HASH_LABEL = `${SERVING}/deployment-hash`;
/** `pending`, `active` or `reserve`. */
export const ROUTING_STATE_LABEL = `${SERVING}/routingState`;
export const VISIBILITY_LABEL = `${NETWORKING}/visibility`;
export const CLUSTER_LOCAL = "cluster-local";

// Annotations of Serving.
export const CREATOR_ANNOTATION = `${SERVING}/creator`;
export const LAST_MODIFIER_ANNOTATION = `${SERVING}/lastModifier`;
export const ROUTES_ANNOTATION = `${SERVING}/routes`;
export const ROUTING_STATE_MODIFIED_ANNOTATION = `${SERVING}/routingStateModified`;
export const PROGRESS_DEADLINE_ANNOTATION = `${SERVING}/progress-deadline`;
export const ROLLOUT_DURATION_ANNOTATION = `${SERVING}/rollout-duration`;
export const ROLLOUT_DURATION_OLD_ANNOTATION = `${SERVING}/rolloutDuration`;
export const NO_GC_ANNOTATION = `${SERVING}/no-gc`;
export const LAST_APPLIED_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
export const DEFAULT_CONTAINER_ANNOTATION = "kubectl.kubernetes.io/default-container";

// Annotations of networking.
export const INGRESS_CLASS_ANNOTATION = `${NETWORKING}/ingress-class`;
/** The key that objects carry. */
export const INGRESS_CLASS_OLD_ANNOTATION = `${NETWORKING}/ingress.class`;
/** `Enabled` or `Redirected`, the newest spelling first. */
export const HTTP_PROTOCOL_ANNOTATIONS = ["http-protocol", "httpProtocol", "http-option", "httpOption"].map(
  (name) => `${NETWORKING}/${name}`,
);
export const CERTIFICATE_CLASS_ANNOTATION = `${NETWORKING}/certificate-class`;
/** The key that objects carry. */
export const CERTIFICATE_CLASS_OLD_ANNOTATION = `${NETWORKING}/certificate.class`;
/** `external-domain`, on Certificates. */
export const CERTIFICATE_TYPE_LABEL = `${NETWORKING}/certificate-type`;
/** "true": no certificates for the hosts of this object. The newest spelling first. */
export const TLS_DISABLED_ANNOTATIONS = ["disable-external-domain-tls", "disable-auto-tls", "disableAutoTLS"].map(
  (name) => `${NETWORKING}/${name}`,
);
export const ROLLOUT_STATE_ANNOTATION = `${NETWORKING_INTERNAL}/rollout`;
export const SKS_LABEL = `${NETWORKING_INTERNAL}/serverlessservice`;
/** `Public` or `Private`. */
export const SERVICE_TYPE_LABEL = `${NETWORKING_INTERNAL}/serviceType`;

// Annotations of autoscaling.
export const CLASS_ANNOTATION = `${AUTOSCALING}/class`;
export const METRIC_ANNOTATION = `${AUTOSCALING}/metric`;
export const INITIAL_SCALE_ANNOTATION = `${AUTOSCALING}/initial-scale`;
export const MIN_SCALE_ANNOTATION = `${AUTOSCALING}/min-scale`;
export const MAX_SCALE_ANNOTATION = `${AUTOSCALING}/max-scale`;
export const KPA_CLASS = "kpa.autoscaling.knative.dev";
export const HPA_CLASS = "hpa.autoscaling.knative.dev";

/** New key -> the older spelling that is still read. */
export const OLD_SPELLINGS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["initial-scale", "initialScale"],
    ["min-scale", "minScale"],
    ["max-scale", "maxScale"],
    ["target-utilization-percentage", "targetUtilizationPercentage"],
    ["target-burst-capacity", "targetBurstCapacity"],
    ["panic-window-percentage", "panicWindowPercentage"],
    ["panic-threshold-percentage", "panicThresholdPercentage"],
    ["metric-aggregation-algorithm", "metricAggregationAlgorithm"],
  ].map(([key, old]) => [`${AUTOSCALING}/${key}`, `${AUTOSCALING}/${old}`]),
);

/** The value of an annotation under its key or its older spelling, with the key that was found. */
export function annotation(
  annotations: Readonly<Record<string, string>> | undefined,
  key: string,
): { readonly key: string; readonly value: string } | undefined {
  const old = OLD_SPELLINGS[key];
  for (const candidate of old === undefined ? [key] : [key, old]) {
    const value = annotations?.[candidate];
    if (value !== undefined) return { key: candidate, value };
  }
  return undefined;
}
