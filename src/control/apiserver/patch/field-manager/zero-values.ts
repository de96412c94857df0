/**
 * Fields of the built-in types that always have a value, an empty one if need be, because their type is a struct
 * and not a pointer. For ownership this matters: setting something inside such a field does not add the field itself.
 * `metadata`, `spec` and `status` are always like that. Names are those of the definitions without what comes before the group.
 */
const EMBEDDED: Readonly<Record<string, string>> = {
  "admissionregistration.v1.MutatingWebhook": "clientConfig",
  "admissionregistration.v1.ValidatingWebhook": "clientConfig",
  "apps.v1.DaemonSetSpec": "template updateStrategy",
  "apps.v1.DeploymentSpec": "template strategy",
  "apps.v1.ReplicaSetSpec": "template",
  "apps.v1.StatefulSetSpec": "template updateStrategy",
  "authentication.v1.SelfSubjectReviewStatus": "userInfo",
  "authentication.v1.TokenReviewStatus": "user",
  "autoscaling.v1.HorizontalPodAutoscalerSpec": "scaleTargetRef",
  "autoscaling.v2.ContainerResourceMetricSource": "target",
  "autoscaling.v2.ContainerResourceMetricStatus": "current",
  "autoscaling.v2.ExternalMetricSource": "metric target",
  "autoscaling.v2.ExternalMetricStatus": "metric current",
  "autoscaling.v2.HorizontalPodAutoscalerSpec": "scaleTargetRef",
  "autoscaling.v2.ObjectMetricSource": "describedObject target metric",
  "autoscaling.v2.ObjectMetricStatus": "metric current describedObject",
  "autoscaling.v2.PodsMetricSource": "metric target",
  "autoscaling.v2.PodsMetricStatus": "metric current",
  "autoscaling.v2.ResourceMetricSource": "target",
  "autoscaling.v2.ResourceMetricStatus": "current",
  "batch.v1.CronJobSpec": "jobTemplate",
  "batch.v1.JobSpec": "template",
  "core.v1.Binding": "target",
  "core.v1.ContainerStatus": "state lastState",
  "core.v1.Container": "resources",
  "core.v1.EphemeralContainer": "resources",
  "core.v1.Event": "involvedObject source",
  "core.v1.NodeDaemonEndpoints": "kubeletEndpoint",
  "core.v1.NodeStatus": "daemonEndpoints nodeInfo",
  "core.v1.PersistentVolumeClaimSpec": "resources",
  "core.v1.PodTemplate": "template",
  "core.v1.PreferredSchedulingTerm": "preference",
  "core.v1.ServiceStatus": "loadBalancer",
  "core.v1.WeightedPodAffinityTerm": "podAffinityTerm",
  "discovery.v1.Endpoint": "conditions",
  "events.v1.Event": "regarding deprecatedSource",
  "networking.v1.HTTPIngressPath": "backend",
  "networking.v1.IngressServiceBackend": "port",
  "networking.v1.IngressStatus": "loadBalancer",
  "networking.v1.NetworkPolicySpec": "podSelector",
  "rbac.v1.ClusterRoleBinding": "roleRef",
  "rbac.v1.RoleBinding": "roleRef",
  "apiextensions.v1.CustomResourceDefinitionSpec": "names",
  "apiextensions.v1.CustomResourceDefinitionStatus": "acceptedNames",
};

const ALWAYS = ["metadata", "spec", "status"];

/** Built-in types are Go structs on the other side; custom resources are free-form there and have no such fields. */
export function isBuiltIn(definition: string): boolean {
  return definition.startsWith("io.k8s.");
}

export function isEmbedded(definition: string, field: string): boolean {
  if (!isBuiltIn(definition)) return false;
  if (ALWAYS.includes(field)) return true;
  return EMBEDDED[shortName(definition)]?.split(" ").includes(field) ?? false;
}

function shortName(definition: string): string {
  return definition.split(".").slice(-3).join(".");
}
