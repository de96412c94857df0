import type { DeciderSpec } from "./spec.ts";

export interface Measurements {
  /** Averages over the stable and the panic window; undefined when there is no data. */
  readonly stable: number | undefined;
  readonly panic: number | undefined;
  /** Requests in flight or waiting at this moment (0 for the rps metric): averages cannot see them. */
  readonly current: number;
  /** Of those, waiting for an instance. */
  readonly queued: number;
  readonly readyPods: number;
  /** Reachability of the revision is not `Unreachable`. */
  readonly reachable: boolean;
}

/** What a decider remembers between evaluations. */
export interface DeciderState {
  /** Epoch milliseconds of the last time that the panic threshold was reached; undefined outside of panic. */
  readonly panicSince: number | undefined;
  readonly maxPanicPods: number;
  /** Desired scales of the last scaleDownDelayMs, oldest first. */
  readonly recent: readonly { readonly at: number; readonly desired: number }[];
}

export interface Decision {
  /** Pods wanted; -1: no data yet, change nothing. */
  readonly desired: number;
  readonly excessBurstCapacity: number;
  readonly panicking: boolean;
  readonly state: DeciderState;
}

/** A decider that meets several ready pods starts in panic, so that a restart of the autoscaler never scales down. */
export function initialState(readyPods: number, now: number): DeciderState {
  const restarted = readyPods > 1;
  return { panicSince: restarted ? now : undefined, maxPanicPods: restarted ? readyPods : 0, recent: [] };
}

/**
 * One evaluation of Knative's pod autoscaler (reference: autoscaling, one evaluation), and one addition: a request that
 * waits now is demand now, so the panic value is never below what is in flight while something is queued.
 */
export function decide(spec: DeciderSpec, measured: Measurements, state: DeciderState, now: number): Decision {
  const waiting = measured.queued > 0 ? measured.current : 0;
  if (measured.stable === undefined && waiting === 0) {
    return { desired: -1, excessBurstCapacity: burstCapacity(spec, measured, 0), panicking: state.panicSince !== undefined, state };
  }
  const panicValue = Math.max(measured.panic ?? 0, waiting);
  const stableValue = Math.max(measured.stable ?? 0, measured.readyPods === 0 ? waiting : 0);
  const wanted = { stable: Math.ceil(stableValue / spec.target), panic: Math.ceil(panicValue / spec.target) };
  const limited = { stable: limit(spec, measured, wanted.stable), panic: limit(spec, measured, wanted.panic) };
  const panic = nextPanic(spec, state, { over: isOver(spec, measured, wanted.panic), ...limited }, now);
  const scale = panic.panicSince === undefined ? limited.stable : panic.maxPanicPods;
  const delayed = delayScaleDown(spec, measured.reachable, state.recent, { at: now, desired: scale });
  return {
    desired: delayed.desired,
    excessBurstCapacity: burstCapacity(spec, measured, panicValue),
    panicking: panic.panicSince !== undefined,
    state: { ...panic, recent: delayed.recent },
  };
}

/** min(max(x, maxDown), maxUp), then the activation scale. */
function limit(spec: DeciderSpec, measured: Measurements, pods: number): number {
  const ready = Math.max(1, measured.readyPods);
  const maxUp = Math.ceil(spec.maxScaleUpRate * ready);
  const maxDown = measured.reachable ? Math.floor(ready / spec.maxScaleDownRate) : 0;
  const limited = Math.min(Math.max(pods, maxDown), maxUp);
  return spec.activationScale > 1 && pods > 0 ? Math.max(limited, spec.activationScale) : limited;
}

function isOver(spec: DeciderSpec, measured: Measurements, wantedPanic: number): boolean {
  return wantedPanic / Math.max(1, measured.readyPods) >= spec.panicThreshold;
}

interface PanicInput {
  readonly over: boolean;
  readonly stable: number;
  readonly panic: number;
}

/** Panic begins or extends when the threshold is reached, ends a stable window later, and never scales down meanwhile. */
function nextPanic(
  spec: DeciderSpec,
  state: DeciderState,
  input: PanicInput,
  now: number,
): Pick<DeciderState, "panicSince" | "maxPanicPods"> {
  const since = input.over ? now : state.panicSince;
  if (since === undefined || since + spec.stableWindowMs < now) return { panicSince: undefined, maxPanicPods: 0 };
  return { panicSince: since, maxPanicPods: Math.max(state.maxPanicPods, input.stable, input.panic) };
}

type Recent = DeciderState["recent"];

function delayScaleDown(spec: DeciderSpec, reachable: boolean, recent: Recent, next: Recent[number]): { desired: number; recent: Recent } {
  if (!reachable || spec.scaleDownDelayMs <= 0) return { desired: next.desired, recent: [] };
  const kept = [...recent.filter((entry) => entry.at > next.at - spec.scaleDownDelayMs), next];
  return { desired: Math.max(...kept.map((entry) => entry.desired)), recent: kept };
}

function burstCapacity(spec: DeciderSpec, measured: Measurements, panicValue: number): number {
  if (spec.targetBurstCapacity === 0) return 0;
  if (spec.targetBurstCapacity < 0) return -1;
  return Math.floor(measured.readyPods * spec.total - spec.targetBurstCapacity - panicValue);
}
