import type { AdmissionContext, Refusal } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { metaCauses } from "../meta/validation/object-meta.ts";
import { formatErrors, type FieldErrors } from "./field-error.ts";

/** How a validating webhook of Knative says no. */
export function deniedBy(webhook: string, errors: FieldErrors): Refusal | undefined {
  if (errors.length === 0) return undefined;
  const message = `admission webhook ${JSON.stringify(webhook)} denied the request: validation failed: ${formatErrors(errors)}`;
  return { kind: "denied", message };
}

/**
 * Whether the API server itself will refuse the object for its metadata. That comes before any webhook, so a webhook
 * has nothing to say then.
 */
export function failsEarlier(
  kind: { readonly group: string; readonly kind: string },
  object: KubeObject,
  context: AdmissionContext,
): boolean {
  return metaCauses({ ...kind, namespaced: true }, object, context.old).length > 0;
}
