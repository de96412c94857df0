import type { ConditionManager, ConditionSet } from "../meta/conditions.ts";

export const INGRESS_READY = "IngressReady";
export const TRIGGER_CHANNEL_READY = "TriggerChannelReady";
export const FILTER_READY = "FilterReady";
export const ADDRESSABLE = "Addressable";
export const DEAD_LETTER_SINK_RESOLVED = "DeadLetterSinkResolved";
export const EVENT_POLICIES_READY = "EventPoliciesReady";

export const BROKER_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [INGRESS_READY, TRIGGER_CHANNEL_READY, FILTER_READY, ADDRESSABLE, DEAD_LETTER_SINK_RESOLVED, EVENT_POLICIES_READY],
};

export function markDeadLetterSinkNotConfigured(conditions: ConditionManager): void {
  conditions.markTrue(DEAD_LETTER_SINK_RESOLVED, "DeadLetterSinkNotConfigured", "No dead letter sink is configured.");
}

/** Policies need tokens of OIDC, and that feature is off. */
export function markPoliciesByDefault(conditions: ConditionManager): void {
  conditions.markTrue(EVENT_POLICIES_READY, "OIDCDisabled", "Feature authentication-oidc must be enabled to support Authorization");
}
