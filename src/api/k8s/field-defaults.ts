import type { JsonSchema } from "../meta/schema.ts";

/** Defaults that Kubernetes' own schema states. Those that depend on other fields are in each kind's strategy. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  "io.k8s.api.core.v1.ContainerPort.protocol": "TCP",
  "io.k8s.api.core.v1.ServicePort.protocol": "TCP",
  "io.k8s.api.core.v1.GRPCAction.service": "",
};

export function fieldDefault(definition: string, field: string): Pick<JsonSchema, "default"> {
  const key = `${definition}.${field}`;
  return key in DEFAULTS ? { default: DEFAULTS[key] } : {};
}
