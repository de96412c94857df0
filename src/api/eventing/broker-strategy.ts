import { deepClone } from "../../std/json.ts";
import { allowsForeignConfig, brokerConfigFor, defaultBrokerClass } from "../config/eventing/broker-defaults.ts";
import { defaultDelivery, validateDelivery } from "../duck/delivery.ts";
import { validateReference } from "../duck/destination.ts";
import { missingField, viaField, type FieldErrors } from "../duck/field-error.ts";
import { immutableFaults, immutableText } from "../duck/immutable.ts";
import { failsEarlier } from "../duck/refusals.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus, oldOf } from "../meta/strategy.ts";
import { BROKER_CLASS_ANNOTATION } from "../names/eventing.ts";
import type { Broker } from "./broker.ts";
import { brokerDefaultsOf, denied, destinationRules, featuresOf } from "./webhook.ts";

export const brokerStrategy: Strategy<Broker> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource === "") defaultBroker(draft, context);
  },
  validate: (broker, context) => (context.subresource === "" ? validate(broker, context) : undefined),
};

/** Class, config and delivery from `config-br-defaults`. Of the delivery every field counts, not only upstream's four. */
function defaultBroker(draft: Broker, context: AdmissionContext): void {
  const { metadata } = draft;
  const namespace = metadata.namespace ?? "";
  const defaults = brokerDefaultsOf(context);
  draft.spec ??= {};
  const named = metadata.annotations?.[BROKER_CLASS_ANNOTATION];
  const brokerClass = named === undefined && context.operation === "CREATE" ? defaultBrokerClass(defaults, namespace) : named;
  if (brokerClass === undefined) return defaultDelivery(draft.spec.delivery, namespace);
  if (named === undefined) metadata.annotations = { ...metadata.annotations, [BROKER_CLASS_ANNOTATION]: brokerClass };
  const config = brokerConfigFor(defaults, namespace, brokerClass);
  if (draft.spec.config === undefined && config?.reference !== undefined) draft.spec.config = { ...config.reference };
  if (draft.spec.config !== undefined && !draft.spec.config.namespace) draft.spec.config.namespace = namespace;
  if (draft.spec.delivery === undefined && config?.delivery !== undefined) draft.spec.delivery = deepClone(config.delivery);
  defaultDelivery(draft.spec.delivery, namespace);
}

function validate(broker: Broker, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "eventing.knative.dev", kind: "Broker" }, broker, context)) return undefined;
  const { metadata, spec } = broker;
  const features = featuresOf(context);
  const foreign = allowsForeignConfig(brokerDefaultsOf(context), metadata.namespace ?? "");
  const rules = { ...destinationRules(features), features };
  const old = oldOf<Broker>(context);
  return denied([
    ...(metadata.annotations?.[BROKER_CLASS_ANNOTATION] ? [] : missingField(BROKER_CLASS_ANNOTATION)),
    ...viaField("spec", [
      ...(spec.config === undefined
        ? []
        : viaField("config", validateReference(spec.config, { ...rules, namespace: foreign ? undefined : metadata.namespace }))),
      ...viaField("delivery", validateDelivery(spec.delivery, rules)),
    ]),
    ...(old === undefined ? [] : changes(broker, old)),
  ]);
}

/** Delivery may change; the class and what it is configured by may not. */
function changes(broker: Broker, old: Broker): FieldErrors {
  const { delivery: _delivery, ...now } = broker.spec;
  const { delivery: _oldDelivery, ...before } = old.spec;
  const spec = immutableFaults({ type: "v1.BrokerSpec", old: before, now });
  if (spec.length > 0) return spec;
  const classes = [old, broker].map(({ metadata }) => metadata.annotations?.[BROKER_CLASS_ANNOTATION]);
  return immutableText(classes[0], classes[1], ["annotations"], "Immutable annotations changed (-old +new)");
}
