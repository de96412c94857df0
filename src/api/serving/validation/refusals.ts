import type { FieldErrors } from "../../duck/field-error.ts";
import { deniedBy, failsEarlier } from "../../duck/refusals.ts";
import type { AdmissionContext, Refusal } from "../../meta/kind.ts";
import type { KubeObject } from "../../meta/object.ts";

/** How Serving's validating webhook says no. */
export function denied(errors: FieldErrors): Refusal | undefined {
  return deniedBy("validation.webhook.serving.knative.dev", errors);
}

/** A template without a list of containers fails already at the schema. */
export function missingContainers(containers: unknown, field: string): Refusal | undefined {
  if (Array.isArray(containers)) return undefined;
  const message = `Invalid value: "null": ${field} in body must be of type array: "null"`;
  return { kind: "invalid", causes: [{ reason: "FieldValueTypeInvalid", message, field }] };
}

export function isRefusedAnyway(kind: string, object: KubeObject, context: AdmissionContext): boolean {
  return failsEarlier({ group: "serving.knative.dev", kind }, object, context);
}
