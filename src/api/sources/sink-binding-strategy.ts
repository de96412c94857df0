import { defaultDestination, validateDestination } from "../duck/destination.ts";
import { disallowedFields, fieldError, invalidValue, missingField, viaField, type FieldErrors } from "../duck/field-error.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { validateOverrides } from "../duck/source.ts";
import { denied, destinationRules, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus } from "../meta/strategy.ts";
import type { BindingSubject, SinkBinding } from "./sink-binding.ts";

export const sinkBindingStrategy: Strategy<SinkBinding> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    const namespace = draft.metadata.namespace ?? "";
    draft.spec ??= {};
    if (draft.spec.subject !== undefined) draft.spec.subject.namespace ||= namespace;
    defaultDestination(draft.spec.sink, namespace);
  },
  validate: (binding, context) => (context.subresource === "" ? validate(binding, context) : undefined),
};

function validate(binding: SinkBinding, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "sources.knative.dev", kind: "SinkBinding" }, binding, context)) return undefined;
  const { subject = {}, sink, ceOverrides } = binding.spec;
  const { namespace } = binding.metadata;
  return denied(
    viaField("spec", [
      ...viaField("subject", [
        ...subjectFaults(subject),
        ...(subject.namespace === namespace ? [] : invalidValue(subject.namespace, "namespace")),
      ]),
      ...viaField("sink", validateDestination(sink, destinationRules(featuresOf(context)))),
      ...validateOverrides(ceOverrides),
    ]),
  );
}

/** Exactly one of name and selector. */
function subjectFaults({ apiVersion, kind, name, selector }: BindingSubject): FieldErrors {
  return [
    ...(apiVersion ? [] : missingField("apiVersion")),
    ...(kind ? [] : missingField("kind")),
    ...(name && selector !== undefined ? disallowedFields("name", "selector") : []),
    ...(!name && selector === undefined ? fieldError("expected exactly one, got neither", ["name", "selector"]) : []),
  ];
}
