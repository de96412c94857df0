import { formatErrors, type FieldErrors } from "../../duck/field-error.ts";
import type { AdmissionContext, Refusal } from "../../meta/kind.ts";
import type { KubeObject } from "../../meta/object.ts";
import { metaCauses } from "../../meta/validation/object-meta.ts";

const DENIED = 'admission webhook "validation.webhook.serving.knative.dev" denied the request';

/** How Knative's validating webhook says no. */
export function denied(errors: FieldErrors): Refusal | undefined {
  if (errors.length === 0) return undefined;
  return { kind: "denied", message: `${DENIED}: validation failed: ${formatErrors(errors)}` };
}

/** A template without a list of containers fails already at the schema. */
export function missingContainers(containers: unknown, field: string): Refusal | undefined {
  if (Array.isArray(containers)) return undefined;
  const message = `Invalid value: "null": ${field} in body must be of type array: "null"`;
  return { kind: "invalid", causes: [{ reason: "FieldValueTypeInvalid", message, field }] };
}

/**
 * Whether the API server itself will refuse the object for its metadata. That comes before any webhook, so a webhook
 * has nothing to say then.
 */
export function isRefusedAnyway(kind: string, object: KubeObject, context: AdmissionContext): boolean {
  return metaCauses({ group: "serving.knative.dev", kind, namespaced: true }, object, context.old).length > 0;
}
