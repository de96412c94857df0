import type { SecurityContext } from "../../k8s/types.generated.ts";
import { disallowedFields, outOfBounds, type FieldErrors } from "../../duck/field-error.ts";
import { isAllowed, type FeaturesConfig } from "../../config/features.ts";

const ID_MAX = 2 ** 31 - 1;

/** Faults of a container's security context, relative to it. */
export function validateSecurityContext(context: SecurityContext | undefined, features: FeaturesConfig): FieldErrors {
  if (context === undefined) return [];
  const mayAdd = isAllowed(features, "kubernetes.containerspec-addcapabilities");
  return [
    ...(context.privileged === true ? disallowedFields("privileged") : []),
    ...(!mayAdd && (context.capabilities?.add?.length ?? 0) > 0 ? disallowedFields("capabilities.add") : []),
    ...idFault("runAsUser", context.runAsUser),
    ...idFault("runAsGroup", context.runAsGroup),
  ];
}

function idFault(field: string, id: number | undefined): FieldErrors {
  return id !== undefined && (id < 0 || id > ID_MAX) ? outOfBounds(id, 0, ID_MAX, field) : [];
}
