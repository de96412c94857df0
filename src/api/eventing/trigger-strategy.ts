import { isFeatureOn, type EventingFeatures } from "../config/eventing/features.ts";
import { defaultDelivery, validateDelivery } from "../duck/delivery.ts";
import { defaultDestination, validateDestination, validateReference } from "../duck/destination.ts";
import { disallowedFields, fieldError, missingField, multipleOneOf, viaField, type FieldErrors } from "../duck/field-error.ts";
import { immutableText } from "../duck/immutable.ts";
import { failsEarlier } from "../duck/refusals.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus, oldOf } from "../meta/strategy.ts";
import { BROKER_LABEL, DEFAULT_BROKER, DEPENDENCY_ANNOTATION, INJECTION_ANNOTATION } from "../names/eventing.ts";
import { parseDependency } from "./dependency.ts";
import { validateAttributesFilter, validateFilters } from "./filters.ts";
import type { Trigger } from "./trigger.ts";
import { denied, destinationRules, featuresOf } from "./webhook.ts";

export const triggerStrategy: Strategy<Trigger> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource === "") defaultTrigger(draft);
  },
  validate: (trigger, context) => (context.subresource === "" ? validate(trigger, context) : undefined),
};

function defaultTrigger(draft: Trigger): void {
  const { metadata } = draft;
  draft.spec ??= {};
  const { spec } = draft;
  spec.filter ??= {};
  const broker = spec.broker || spec.brokerRef?.name;
  if (broker) metadata.labels = { ...metadata.labels, [BROKER_LABEL]: broker };
  defaultDestination(spec.subscriber, metadata.namespace);
  defaultDelivery(spec.delivery, metadata.namespace);
}

function validate(trigger: Trigger, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "eventing.knative.dev", kind: "Trigger" }, trigger, context)) return undefined;
  const { spec } = trigger;
  const features = featuresOf(context);
  const rules = { ...destinationRules(features), features };
  const old = oldOf<Trigger>(context);
  return denied([
    ...viaField("spec", [
      ...brokerFaults(trigger, features),
      ...viaField("filter", validateAttributesFilter(spec.filter)),
      ...viaField("filters", validateFilters(spec.filters)),
      ...viaField("subscriber", validateDestination(spec.subscriber, rules)),
      ...viaField("delivery", validateDelivery(spec.delivery, rules)),
    ]),
    ...annotationFaults(trigger),
    ...(old === undefined ? [] : immutableText(old.spec.broker, spec.broker, ["spec", "broker"])),
  ]);
}

/** Links between namespaces need a review of who may make them, which we do not have: they are refused also when the flag is on. */
function brokerFaults({ metadata, spec }: Trigger, features: EventingFeatures): FieldErrors {
  const { broker, brokerRef } = spec;
  if (!broker && brokerRef === undefined) return missingField("broker");
  if (broker && brokerRef !== undefined) return multipleOneOf("broker", "brokerRef");
  if (brokerRef === undefined) return [];
  const elsewhere = brokerRef.namespace && brokerRef.namespace !== metadata.namespace;
  if (elsewhere && !isFeatureOn(features, "cross-namespace-event-links")) return disallowedFields("brokerRef.namespace");
  return viaField("brokerRef", validateReference(brokerRef, { namespace: metadata.namespace }));
}

function annotationFaults({ metadata, spec }: Trigger): FieldErrors {
  const dependency = metadata.annotations?.[DEPENDENCY_ANNOTATION];
  const injection = metadata.annotations?.[INJECTION_ANNOTATION];
  return [
    ...(dependency === undefined
      ? []
      : viaField(`metadata.annotations[${DEPENDENCY_ANNOTATION}]`, dependencyFaults(dependency, metadata.namespace))),
    ...(injection === undefined ? [] : viaField(`metadata.annotations[${INJECTION_ANNOTATION}]`, injectionFaults(injection, spec.broker))),
  ];
}

function dependencyFaults(text: string, namespace = ""): FieldErrors {
  const parsed = parseDependency(text);
  if (parsed.kind === "invalid") {
    return fieldError(`The provided annotation was not a corev1.ObjectReference: ${JSON.stringify(text)}`, "", parsed.message);
  }
  const { reference } = parsed;
  const elsewhere = reference.namespace && reference.namespace !== namespace;
  return [
    ...(elsewhere ? fieldError(`Namespace must be empty or equal to the trigger namespace ${JSON.stringify(namespace)}`, "namespace") : []),
    ...(reference.kind ? [] : missingField("kind")),
    ...(reference.name ? [] : missingField("name")),
    ...(reference.apiVersion ? [] : missingField("apiVersion")),
  ];
}

function injectionFaults(value: string, broker = ""): FieldErrors {
  if (value !== "enabled" && value !== "disabled") {
    const allowed = 'The provided injection annotation value can only be "enabled" or "disabled"';
    return fieldError(`${allowed}, not ${JSON.stringify(value)}`, "");
  }
  if (broker === DEFAULT_BROKER) return [];
  const only = "The provided injection annotation is only used for default broker";
  return fieldError(`${only}, but non-default broker specified here: ${JSON.stringify(broker)}`, "");
}
