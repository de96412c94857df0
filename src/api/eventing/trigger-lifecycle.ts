import { findCondition, type Condition, type ConditionManager, type ConditionSet } from "../meta/conditions.ts";

export const BROKER_READY = "BrokerReady";
export const SUBSCRIPTION_READY = "SubscriptionReady";
export const DEPENDENCY_READY = "DependencyReady";
export const SUBSCRIBER_RESOLVED = "SubscriberResolved";
export const DEAD_LETTER_RESOLVED = "DeadLetterSinkResolved";
export const OIDC_IDENTITY_CREATED = "OIDCIdentityCreated";

/** Of our own, and only once the limit was reached: it does not count for Ready. */
const BACKLOG_WITHIN_LIMIT = "BacklogWithinLimit";

export const TRIGGER_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [BROKER_READY, SUBSCRIPTION_READY, DEPENDENCY_READY, SUBSCRIBER_RESOLVED, DEAD_LETTER_RESOLVED, OIDC_IDENTITY_CREATED],
};

/** Takes over what the Broker says of itself. */
export function propagateBroker(conditions: ConditionManager, broker: readonly Condition[] | undefined): void {
  const ready = findCondition(broker, "Ready");
  if (ready === undefined) conditions.markUnknown(BROKER_READY, "BrokerNotConfigured", "Broker has not yet been reconciled.");
  else copy(conditions, BROKER_READY, ready);
}

export function propagateDependency(conditions: ConditionManager, dependency: readonly Condition[] | undefined): void {
  const ready = findCondition(dependency, "Ready");
  if (ready === undefined) conditions.markUnknown(DEPENDENCY_READY, "DependencyNotConfigured", "Dependency has not yet been reconciled.");
  else copy(conditions, DEPENDENCY_READY, ready);
}

/** `parked`: events whose place in the backlog was needed. The condition stays True afterwards, so that people see that it is over. */
export function markBacklog(conditions: ConditionManager, parked: number): void {
  if (parked > 0) {
    const message = `${parked} of the oldest events were parked: 'kinetic dlq list' shows them.`;
    conditions.markFalse(BACKLOG_WITHIN_LIMIT, "BacklogExceeded", message);
  } else if (findCondition(conditions.conditions, BACKLOG_WITHIN_LIMIT) !== undefined) conditions.markTrue(BACKLOG_WITHIN_LIMIT);
}

export function markOidcDisabled(conditions: ConditionManager): void {
  conditions.markTrue(OIDC_IDENTITY_CREATED, "authentication-oidc feature disabled");
}

function copy(conditions: ConditionManager, type: string, { status, reason = "", message = "" }: Condition): void {
  if (status === "True") conditions.markTrue(type);
  else if (status === "False") conditions.markFalse(type, reason, message);
  else conditions.markUnknown(type, reason, message);
}
