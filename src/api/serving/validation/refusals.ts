import { formatErrors, type FieldErrors } from "../../duck/field-error.ts";
import type { Refusal } from "../../meta/kind.ts";

/** How Knative's validating webhook says no. */
export function denied(errors: FieldErrors): Refusal | undefined {
  if (errors.length === 0) return undefined;
  const message = `admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ${formatErrors(errors)}`;
  return { kind: "denied", message };
}

/** A template without a list of containers fails already at the schema. */
export function missingContainers(containers: unknown, field: string): Refusal | undefined {
  if (Array.isArray(containers)) return undefined;
  const message = `Invalid value: "null": ${field} in body must be of type array: "null"`;
  return { kind: "invalid", causes: [{ reason: "FieldValueTypeInvalid", message, field }] };
}
