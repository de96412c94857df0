import type { Container, PodSecurityContext } from "../../k8s/types.generated.ts";
import { eachOf, fieldError, formatErrors, viaField, type FieldErrors } from "../../duck/field-error.ts";
import type { FeaturesConfig } from "../../config/features.ts";
import type { RevisionPodSpec } from "../pod-spec-schema.ts";

const INSECURE = "Kubernetes default value is insecure, Knative may default this to secure in a future release";

/** Texts for `Warning` headers about what a template leaves to Kubernetes' insecure defaults. */
export function insecureDefaults(spec: RevisionPodSpec | undefined, features: FeaturesConfig): readonly string[] {
  if (features.securePodDefaults !== "Disabled" || !Array.isArray(spec?.containers)) return [];
  const found = viaField(
    "spec.template.spec",
    eachOf("containers", spec.containers, (container) => viaField("securityContext", openFields(container, spec.securityContext))),
  );
  return found.length === 0 ? [] : [formatErrors(found)];
}

function openFields({ securityContext: own }: Container, pod: PodSecurityContext | undefined): FieldErrors {
  const open = [
    ...((own?.runAsNonRoot ?? pod?.runAsNonRoot) === undefined ? ["runAsNonRoot"] : []),
    ...(own?.allowPrivilegeEscalation === undefined ? ["allowPrivilegeEscalation"] : []),
    ...((own?.seccompProfile ?? pod?.seccompProfile) === undefined ? ["seccompProfile"] : []),
    ...(own?.capabilities === undefined ? ["capabilities"] : []),
  ];
  return open.length === 0 ? [] : fieldError(INSECURE, open);
}
