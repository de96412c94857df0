import { BROKER_DEFAULTS_CONFIG, parseBrokerDefaults, type BrokerDefaults } from "../config/eventing/broker-defaults.ts";
import { EVENTING_FEATURES_CONFIG, isFeatureOn, parseEventingFeatures, type EventingFeatures } from "../config/eventing/features.ts";
import { ConfigError, type ConfigData } from "../config/parse.ts";
import type { DestinationRules } from "../duck/destination.ts";
import type { FieldErrors } from "../duck/field-error.ts";
import { deniedBy } from "../duck/refusals.ts";
import type { AdmissionContext, Refusal } from "../meta/kind.ts";
import { EVENTING_NAMESPACE } from "../names/kinetic.ts";

/** How Eventing's validating webhook says no. */
export function denied(errors: FieldErrors): Refusal | undefined {
  return deniedBy("validation.webhook.eventing.knative.dev", errors);
}

type Configs = Pick<AdmissionContext, "configMap">;

/** A ConfigMap of Eventing; one that cannot be read counts as absent, because refusing everything for it would help nobody. */
export function eventingConfig<T>(context: Configs, name: string, parse: (data?: ConfigData) => T): T {
  try {
    return parse(context.configMap(EVENTING_NAMESPACE, name));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return parse();
  }
}

export function featuresOf(context: Configs): EventingFeatures {
  return eventingConfig(context, EVENTING_FEATURES_CONFIG, parseEventingFeatures);
}

export function brokerDefaultsOf(context: Configs): BrokerDefaults {
  return eventingConfig(context, BROKER_DEFAULTS_CONFIG, parseBrokerDefaults);
}

/** Rules of the destinations of most kinds: any namespace, `ref.group` when it is on. */
export function destinationRules(features: EventingFeatures): DestinationRules {
  return { groupAllowed: isFeatureOn(features, "kreference-group") };
}
