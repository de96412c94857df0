import { outOfBounds, type FieldErrors } from "../../duck/field-error.ts";
import type { RevisionSpec } from "../revision-spec.ts";
import type { ServingSettings } from "./context.ts";
import { validatePodSpec } from "./pod-spec.ts";

/** Faults of a revision's spec, relative to it. */
export function validateRevisionSpec(spec: RevisionSpec, settings: ServingSettings): FieldErrors {
  const { defaults, features } = settings;
  const lowest = defaults.allowContainerConcurrencyZero ? 0 : 1;
  return [
    ...validatePodSpec(spec, features),
    ...within(spec.timeoutSeconds, 0, defaults.maxRevisionTimeoutSeconds, "timeoutSeconds"),
    ...within(spec.containerConcurrency, lowest, defaults.containerConcurrencyMaxLimit, "containerConcurrency"),
  ];
}

function within(value: number | undefined, low: number, high: number, field: string): FieldErrors {
  return value !== undefined && (value < low || value > high) ? outOfBounds(value, low, high, field) : [];
}
