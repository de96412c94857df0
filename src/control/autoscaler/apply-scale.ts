import type { DeciderSpec } from "./spec.ts";

/** The Active condition of the PodAutoscaler: `True`, `False` or `Unknown` (activating), and since when (epoch ms). */
export interface Activity {
  readonly status: "True" | "False" | "Unknown";
  readonly since: number;
}

export interface ScaleInput {
  /** From the decider; -1: none. */
  readonly desired: number;
  /** Replicas that the target has now. */
  readonly current: number;
  readonly activity: Activity;
  readonly reachability: "" | "Reachable" | "Unreachable";
  /** ScaleTargetInitialized is True. */
  readonly initialized: boolean;
  readonly progressDeadlineMs: number;
  /** The gateway answers for the revision, so nothing is lost at zero. */
  readonly gatewayInPath: boolean;
}

export type ScaleAction =
  /** Leave the target as it is. */
  | { readonly kind: "hold"; readonly want: number; readonly requeueAfterMs?: number }
  | { readonly kind: "scale"; readonly want: number; readonly requeueAfterMs?: number };

const ACTIVATION_BUFFER_MS = 30_000;
const RECHECK_MS = 1000;

/** What to do with the scale target (reference: autoscaling, applying scale). Pure: the caller patches `/scale`. */
export function applyScale(spec: DeciderSpec, input: ScaleInput, now: number): ScaleAction {
  if (input.desired < 0 && input.activity.status !== "Unknown") return { kind: "hold", want: -1 };
  const { min, max } = bounds(spec, input);
  const desired = Math.max(input.desired, 0);
  const bounded = max > 0 ? Math.min(Math.max(desired, min), max) : Math.max(desired, min);
  if (bounded === 0) return toZero(spec, input, now);
  return changeTo(bounded, input.current);
}

/** The scale bounds that hold at this moment; max 0 is unbounded. */
export function bounds(
  spec: DeciderSpec,
  input: Pick<ScaleInput, "reachability" | "initialized">,
): { readonly min: number; readonly max: number } {
  if (input.reachability === "Unreachable") return { min: 0, max: spec.maxScale };
  const min = spec.initialScale > 1 && !input.initialized ? Math.max(spec.minScale, spec.initialScale) : spec.minScale;
  return { min, max: spec.maxScale };
}

function changeTo(want: number, current: number): ScaleAction {
  return want === current ? { kind: "hold", want } : { kind: "scale", want };
}

function toZero(spec: DeciderSpec, input: ScaleInput, now: number): ScaleAction {
  if (!spec.enableScaleToZero) return changeTo(1, input.current);
  const forMs = now - input.activity.since;
  switch (input.activity.status) {
    case "Unknown":
      return activatingToZero(input, forMs);
    case "True":
      return activeToZero(spec, input, forMs);
    case "False":
      return inactiveToZero(spec, input, forMs);
  }
}

/** A target that never came up is given up after its deadline. */
function activatingToZero(input: ScaleInput, forMs: number): ScaleAction {
  const limitMs = input.progressDeadlineMs + ACTIVATION_BUFFER_MS;
  if (forMs >= limitMs) return changeTo(0, input.current);
  return { kind: "hold", want: input.desired < 0 ? -1 : input.current, requeueAfterMs: limitMs - forMs };
}

/** Active for a stable window: say inactive first (want 0, not scaled yet); else hold at one for the remainder. */
function activeToZero(spec: DeciderSpec, input: ScaleInput, forMs: number): ScaleAction {
  if (forMs >= spec.stableWindowMs) return { kind: "hold", want: 0, requeueAfterMs: RECHECK_MS };
  const action = changeTo(1, input.current);
  return { ...action, requeueAfterMs: spec.stableWindowMs - forMs };
}

/**
 * Inactive: the last pod may go once the gateway answers in its place. Upstream waits for its network to be programmed
 * (up to the grace period); our gateway is always in the path, so only the retention period is waited for.
 */
function inactiveToZero(spec: DeciderSpec, input: ScaleInput, forMs: number): ScaleAction {
  const retentionMs = input.reachability === "Unreachable" ? 0 : spec.podRetentionMs;
  if (forMs < retentionMs) return { kind: "hold", want: 0, requeueAfterMs: retentionMs - forMs };
  if (input.gatewayInPath || forMs >= spec.gracePeriodMs) return changeTo(0, input.current);
  return { kind: "hold", want: 0, requeueAfterMs: Math.min(RECHECK_MS, spec.gracePeriodMs - forMs) };
}
