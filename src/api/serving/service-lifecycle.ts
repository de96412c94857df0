import { findCondition, type Condition, type ConditionManager, type ConditionSet } from "../meta/conditions.ts";

export const CONFIGURATIONS_READY = "ConfigurationsReady";
export const ROUTES_READY = "RoutesReady";

/** The Route's word comes first: when both have something to say, it is nearer to what callers see. */
export const SERVICE_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [ROUTES_READY, CONFIGURATIONS_READY] };

export const OUT_OF_DATE = "OutOfDate";
export const NOT_OWNED = "NotOwned";
export const REVISION_NAME_TAKEN = "RevisionNameTaken";
export const TRAFFIC_NOT_MIGRATED = "TrafficNotMigrated";

export function markConfigurationNotOwned(conditions: ConditionManager, name: string): void {
  conditions.markFalse(CONFIGURATIONS_READY, NOT_OWNED, `There is an existing Configuration ${JSON.stringify(name)} that we do not own.`);
  conditions.markUnknown(ROUTES_READY, NOT_OWNED, "The Route waits for the Configuration.");
}

export function markConfigurationOutOfDate(conditions: ConditionManager): void {
  conditions.markUnknown(
    CONFIGURATIONS_READY,
    OUT_OF_DATE,
    "The Configuration is still working to reflect the latest desired specification.",
  );
}

export function markRouteNotOwned(conditions: ConditionManager, name: string): void {
  conditions.markFalse(ROUTES_READY, NOT_OWNED, `There is an existing Route ${JSON.stringify(name)} that we do not own.`);
}

export function markRouteOutOfDate(conditions: ConditionManager): void {
  conditions.markUnknown(ROUTES_READY, OUT_OF_DATE, "The Route is still working to reflect the latest desired specification.");
}

export function markRevisionNameTaken(conditions: ConditionManager, name: string): void {
  const message = `The revision name ${JSON.stringify(name)} is taken by a conflicting Revision, so traffic will not be migrated`;
  conditions.markFalse(ROUTES_READY, REVISION_NAME_TAKEN, message);
}

export function markTrafficNotMigrated(conditions: ConditionManager): void {
  conditions.markUnknown(ROUTES_READY, TRAFFIC_NOT_MIGRATED, "Traffic is not yet migrated to the latest revision.");
}

/** Takes over what a child says of itself, word for word. */
export function propagateReady(conditions: ConditionManager, type: string, child: readonly Condition[] | undefined): void {
  const ready = findCondition(child, "Ready");
  if (ready === undefined) return;
  if (ready.status === "True") conditions.markTrue(type);
  else if (ready.status === "False") conditions.markFalse(type, ready.reason ?? "", ready.message ?? "");
  else conditions.markUnknown(type, ready.reason ?? "", ready.message ?? "");
}
