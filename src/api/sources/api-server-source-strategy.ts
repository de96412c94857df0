import { isFeatureOn, type EventingFeatures } from "../config/eventing/features.ts";
import { defaultDestination, validateDestination } from "../duck/destination.ts";
import { eachOf, fieldError, invalidValue, missingField, viaField, type FieldErrors } from "../duck/field-error.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { validateOverrides } from "../duck/source.ts";
import { validateFilters } from "../eventing/filters.ts";
import { denied, destinationRules, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus } from "../meta/strategy.ts";
import type { ApiServerSource } from "./api-server-source.ts";

export const apiServerSourceStrategy: Strategy<ApiServerSource> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec ??= {};
    draft.spec.mode ||= "Reference";
    draft.spec.serviceAccountName ||= "default";
    defaultDestination(draft.spec.sink, draft.metadata.namespace);
  },
  validate: (source, context) => (context.subresource === "" ? validate(source, context) : undefined),
};

function validate(source: ApiServerSource, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "sources.knative.dev", kind: "ApiServerSource" }, source, context)) return undefined;
  const { mode, sink, resources = [], owner, ceOverrides, filters } = source.spec;
  const features = featuresOf(context);
  return denied(
    viaField("spec", [
      ...(mode === "Reference" || mode === "Resource" ? [] : invalidValue(mode, "mode")),
      ...viaField("sink", validateDestination(sink, destinationRules(features))),
      ...(resources.length === 0 ? missingField("resources") : []),
      ...eachOf("resources", resources, typeFaults),
      ...(owner === undefined ? [] : viaField("owner", typeFaults(owner))),
      ...validateOverrides(ceOverrides),
      ...viaField("filters", filterFaults(filters, features)),
    ]),
  );
}

/** `v1`, `apps/v1`; one slash at the most. */
function typeFaults({ apiVersion = "", kind = "" }: { apiVersion?: string | undefined; kind?: string | undefined }): FieldErrors {
  return [
    ...(apiVersion.split("/").length > 2 ? invalidValue(apiVersion, "apiVersion") : []),
    ...(apiVersion.trim() === "" ? missingField("apiVersion") : []),
    ...(kind.trim() === "" ? missingField("kind") : []),
  ];
}

function filterFaults(filters: ApiServerSource["spec"]["filters"], features: EventingFeatures): FieldErrors {
  if (isFeatureOn(features, "new-apiserversource-filters")) return validateFilters(filters);
  return (filters?.length ?? 0) === 0 ? [] : fieldError("Filters is not empty but the NewAPIServerFilters feature is disabled.", "");
}
