import { HPA_CLASS, KPA_CLASS } from "../names/labels.ts";
import { bool, durationMs, float, formatGoDuration, int, requireThat, text, type ConfigData } from "./parse.ts";

export const AUTOSCALER_CONFIG = "config-autoscaler";

/** Shortest and longest window over which the autoscaler averages. */
export const WINDOW_MIN_MS = 6_000;
export const WINDOW_MAX_MS = 3_600_000;

/** `config-autoscaler`. Times in milliseconds; utilisation is a fraction of 1. */
export interface AutoscalerConfig {
  readonly targetUtilization: number;
  readonly targetConcurrency: number;
  readonly targetRps: number;
  /** -1: no limit, the gateway always stays in the path. */
  readonly targetBurstCapacity: number;
  readonly stableWindowMs: number;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly enableScaleToZero: boolean;
  readonly scaleToZeroGracePeriodMs: number;
  readonly scaleToZeroPodRetentionPeriodMs: number;
  readonly podAutoscalerClass: string;
  readonly activatorCapacity: number;
  readonly initialScale: number;
  readonly allowZeroInitialScale: boolean;
  readonly minScale: number;
  /** 0: no limit. */
  readonly maxScale: number;
  /** The highest max-scale that anybody may ask for; 0: no limit. */
  readonly maxScaleLimit: number;
  readonly scaleDownDelayMs: number;
}

/** Throws ConfigError. */
export function parseAutoscalerConfig(data: ConfigData = {}): AutoscalerConfig {
  const config = { ...readRates(data), ...readScales(data), ...readTimes(data) };
  validate(config);
  return config;
}

function readRates(data: ConfigData) {
  const utilization = float(data, "container-concurrency-target-percentage", 70);
  return {
    targetUtilization: utilization > 1 ? utilization / 100 : utilization,
    targetConcurrency: float(data, "container-concurrency-target-default", 100),
    targetRps: float(data, "requests-per-second-target-default", 200),
    targetBurstCapacity: float(data, "target-burst-capacity", 211),
    panicWindowPercentage: float(data, "panic-window-percentage", 10),
    panicThresholdPercentage: float(data, "panic-threshold-percentage", 200),
    maxScaleUpRate: float(data, "max-scale-up-rate", 1000),
    maxScaleDownRate: float(data, "max-scale-down-rate", 2),
    activatorCapacity: float(data, "activator-capacity", 100),
  };
}

function readScales(data: ConfigData) {
  return {
    enableScaleToZero: bool(data, "enable-scale-to-zero", true),
    podAutoscalerClass: text(data, "pod-autoscaler-class", KPA_CLASS),
    initialScale: int(data, "initial-scale", 1),
    allowZeroInitialScale: bool(data, "allow-zero-initial-scale", false),
    minScale: int(data, "min-scale", 0),
    maxScale: int(data, "max-scale", 0),
    maxScaleLimit: int(data, "max-scale-limit", 0),
  };
}

function readTimes(data: ConfigData) {
  return {
    stableWindowMs: durationMs(data, "stable-window", 60_000),
    scaleToZeroGracePeriodMs: durationMs(data, "scale-to-zero-grace-period", 30_000),
    scaleToZeroPodRetentionPeriodMs: durationMs(data, "scale-to-zero-pod-retention-period", 0),
    scaleDownDelayMs: durationMs(data, "scale-down-delay", 0),
  };
}

function validate(config: AutoscalerConfig): void {
  validateTimes(config);
  validateRates(config);
  validateScales(config);
}

function validateTimes(config: AutoscalerConfig): void {
  const time = formatGoDuration;
  requireThat(
    config.scaleToZeroGracePeriodMs > 0,
    `scale-to-zero-grace-period must be positive, was: ${time(config.scaleToZeroGracePeriodMs)}`,
  );
  requireThat(
    config.scaleToZeroPodRetentionPeriodMs >= 0,
    `scale-to-zero-pod-retention-period cannot be negative, was: ${time(config.scaleToZeroPodRetentionPeriodMs)}`,
  );
  requireThat(config.scaleDownDelayMs >= 0, `scale-down-delay cannot be negative, was: ${time(config.scaleDownDelayMs)}`);
  requireThat(
    config.scaleDownDelayMs % 1000 === 0,
    `scale-down-delay = ${time(config.scaleDownDelayMs)}, must be specified with at most second precision`,
  );
  requireThat(
    config.stableWindowMs >= WINDOW_MIN_MS && config.stableWindowMs <= WINDOW_MAX_MS,
    `stable-window = ${time(config.stableWindowMs)}, must be in [${time(WINDOW_MIN_MS)}; ${time(WINDOW_MAX_MS)}] range`,
  );
  requireThat(
    config.stableWindowMs % 1000 === 0,
    `stable-window = ${time(config.stableWindowMs)}, must be specified with at most second precision`,
  );
}

function validateRates(config: AutoscalerConfig): void {
  requireThat(
    config.targetBurstCapacity === -1 || config.targetBurstCapacity >= 0,
    `target-burst-capacity must be either non-negative or -1, got: ${config.targetBurstCapacity.toFixed(6)}`,
  );
  requireThat(
    config.targetUtilization > 0 && config.targetUtilization <= 1,
    `container-concurrency-target-percentage = ${config.targetUtilization.toFixed(6)} is outside of valid range of (0, 100]`,
  );
  requireThat(
    config.targetConcurrency >= 0.01,
    `container-concurrency-target-default = ${config.targetConcurrency}, must be at least 0.01`,
  );
  requireThat(config.targetRps >= 0.01, `requests-per-second-target-default = ${config.targetRps}, must be at least 0.01`);
  requireThat(config.activatorCapacity >= 1, `activator-capacity = ${config.activatorCapacity}, must be at least 1`);
  requireThat(config.maxScaleUpRate > 1, `max-scale-up-rate = ${config.maxScaleUpRate}, must be greater than 1.0`);
  requireThat(config.maxScaleDownRate > 1, `max-scale-down-rate = ${config.maxScaleDownRate}, must be greater than 1.0`);
  requireThat(
    config.panicWindowPercentage >= 1 && config.panicWindowPercentage <= 100,
    `panic-window-percentage = ${config.panicWindowPercentage}, must be in [1, 100] interval`,
  );
  requireThat(
    config.panicThresholdPercentage >= 110 && config.panicThresholdPercentage <= 1000,
    `panic-threshold-percentage = ${config.panicThresholdPercentage}, must be in [110, 1000] interval`,
  );
}

function validateScales(config: AutoscalerConfig): void {
  requireThat(
    config.initialScale > 0 || (config.initialScale === 0 && config.allowZeroInitialScale),
    `initial-scale = ${config.initialScale}, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)`,
  );
  requireThat(config.maxScaleLimit >= 0, `max-scale-limit = ${config.maxScaleLimit}, must be at least 0`);
  requireThat(config.maxScale >= 0, `max-scale = ${config.maxScale}, must be at least 0`);
  requireThat(
    config.maxScaleLimit === 0 || (config.maxScale > 0 && config.maxScale <= config.maxScaleLimit),
    `max-scale = ${config.maxScale}, must be in [1, ${config.maxScaleLimit}] range while max-scale-limit is set`,
  );
  requireThat(config.minScale >= 0, `min-scale = ${config.minScale}, must be at least 0`);
  requireThat(
    config.maxScale === 0 || config.minScale <= config.maxScale,
    `min-scale = ${config.minScale}, must be at most max-scale (${config.maxScale})`,
  );
  requireThat(
    config.podAutoscalerClass === KPA_CLASS ||
      config.podAutoscalerClass === HPA_CLASS ||
      !config.podAutoscalerClass.endsWith(".knative.dev"),
    `pod-autoscaler-class = ${config.podAutoscalerClass} is not known`,
  );
}
