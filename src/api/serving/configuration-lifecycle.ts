import type { Condition, ConditionManager, ConditionSet } from "../meta/conditions.ts";

export const CONFIGURATION_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [] };

export const REVISION_FAILED = "RevisionFailed";
export const REVISION_NOT_READY = "RevisionNotReady";

export function markRevisionCreationFailed(conditions: ConditionManager, message: string): void {
  conditions.markFalse("Ready", REVISION_FAILED, `Revision creation failed with message: ${message}.`);
}

export function markLatestCreatedFailed(conditions: ConditionManager, name: string, message: string): void {
  conditions.markFalse("Ready", REVISION_FAILED, `Revision ${JSON.stringify(name)} failed with message: ${message}.`);
}

/** Upstream says nothing here; whoever waits should know for what. */
export function markLatestCreatedNotReady(conditions: ConditionManager, name: string, ready: Condition | undefined): void {
  const detail = ready?.message ? ` ${ready.message}` : "";
  conditions.markUnknown("Ready", ready?.reason ?? REVISION_NOT_READY, `Revision ${JSON.stringify(name)} is not yet ready.${detail}`);
}

export function markLatestReady(conditions: ConditionManager): void {
  conditions.markTrue("Ready");
}
