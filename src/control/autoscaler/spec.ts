import type { AutoscalerConfig } from "../../api/config/autoscaler.ts";
import { annotation, AUTOSCALING } from "../../api/names/labels.ts";
import { parseGoDuration } from "../../std/duration.ts";

export type ScalingMetric = "concurrency" | "rps";

/** What a revision's decisions depend on beside measurements. Times in milliseconds, shares as fractions of 1. */
export interface DeciderSpec {
  readonly metric: ScalingMetric;
  /** What one pod is asked to bear: `total` times utilisation. */
  readonly target: number;
  /** What one pod can bear. */
  readonly total: number;
  readonly aggregation: "linear" | "weighted-exponential";
  readonly stableWindowMs: number;
  readonly panicWindowMs: number;
  /** Panic when desired / ready reaches this. */
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  /** 0: none. */
  readonly activationScale: number;
  readonly scaleDownDelayMs: number;
  /** -1: unlimited. */
  readonly targetBurstCapacity: number;
  readonly initialScale: number;
  readonly minScale: number;
  /** 0: unbounded. */
  readonly maxScale: number;
  readonly podRetentionMs: number;
  readonly gracePeriodMs: number;
  readonly enableScaleToZero: boolean;
}

const MIN_TARGET = 0.01;
const RPS_UTILIZATION = 0.7;

/** Annotations of the PodAutoscaler over the ConfigMap (reference: autoscaling, target). Invalid values were refused at admission. */
export function deciderSpec(
  annotations: Readonly<Record<string, string>>,
  containerConcurrency: number,
  config: AutoscalerConfig,
): DeciderSpec {
  const read = (name: string) => annotation(annotations, `${AUTOSCALING}/${name}`)?.value;
  const number = (name: string, byDefault: number) => toNumber(read(name)) ?? byDefault;
  const duration = (name: string, byDefaultMs: number) => parseGoDuration(read(name) ?? "") ?? byDefaultMs;
  const metric = read("metric") === "rps" ? "rps" : "concurrency";
  const total = totalOf(metric, toNumber(read("target")), containerConcurrency, config);
  const stableWindowMs = duration("window", config.stableWindowMs);
  const panicPercentage = number("panic-window-percentage", config.panicWindowPercentage);
  return {
    metric,
    total,
    target: Math.max(MIN_TARGET, total * utilizationOf(metric, toNumber(read("target-utilization-percentage")), config)),
    aggregation: /^weighted-?exponential$/i.test(read("metric-aggregation-algorithm") ?? "") ? "weighted-exponential" : "linear",
    stableWindowMs,
    panicWindowMs: Math.max(1000, Math.round((stableWindowMs * panicPercentage) / 100 / 1000) * 1000),
    panicThreshold: number("panic-threshold-percentage", config.panicThresholdPercentage) / 100,
    maxScaleUpRate: config.maxScaleUpRate,
    maxScaleDownRate: config.maxScaleDownRate,
    activationScale: number("activation-scale", 0),
    scaleDownDelayMs: duration("scale-down-delay", config.scaleDownDelayMs),
    targetBurstCapacity: number("target-burst-capacity", config.targetBurstCapacity),
    initialScale: number("initial-scale", config.initialScale),
    minScale: number("min-scale", config.minScale),
    maxScale: number("max-scale", config.maxScale),
    podRetentionMs: duration("scale-to-zero-pod-retention-period", config.scaleToZeroPodRetentionPeriodMs),
    gracePeriodMs: config.scaleToZeroGracePeriodMs,
    enableScaleToZero: config.enableScaleToZero,
  };
}

function toNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function totalOf(metric: ScalingMetric, asked: number | undefined, containerConcurrency: number, config: AutoscalerConfig): number {
  if (metric === "rps") return asked ?? config.targetRps;
  if (asked === undefined) return containerConcurrency > 0 ? containerConcurrency : config.targetConcurrency;
  return containerConcurrency > 0 ? Math.min(asked, containerConcurrency) : asked;
}

function utilizationOf(metric: ScalingMetric, percentage: number | undefined, config: AutoscalerConfig): number {
  if (percentage !== undefined) return percentage / 100;
  return metric === "rps" ? RPS_UTILIZATION : config.targetUtilization;
}
