import type { ConditionSet } from "../meta/conditions.ts";

export const REFERENCE_EXISTS = "ReferenceExists";

export const EVENT_TYPE_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [REFERENCE_EXISTS] };
