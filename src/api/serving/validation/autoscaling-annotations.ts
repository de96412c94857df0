import type { AutoscalerConfig } from "../../config/autoscaler.ts";
import { WINDOW_MAX_MS, WINDOW_MIN_MS } from "../../config/autoscaler.ts";
import { fieldError, invalidValue, outOfBounds, type FieldErrors } from "../../duck/field-error.ts";
import {
  annotation,
  AUTOSCALING,
  CLASS_ANNOTATION,
  HPA_CLASS,
  INITIAL_SCALE_ANNOTATION,
  KPA_CLASS,
  MAX_SCALE_ANNOTATION,
  METRIC_ANNOTATION,
  MIN_SCALE_ANNOTATION,
} from "../../names/labels.ts";
import { formatGoDuration, parseGoDuration } from "../../../std/duration.ts";

type Annotations = Readonly<Record<string, string>>;

const INT32_MAX = 2 ** 31 - 1;
const TARGET_MIN = 0.01;

/** Faults of the `autoscaling.knative.dev` annotations of a template or revision, relative to its annotations. */
export function validateAutoscaling(config: AutoscalerConfig, annotations: Annotations | undefined): FieldErrors {
  if (annotations === undefined || Object.keys(annotations).length === 0) return [];
  return [
    ...classFaults(annotations),
    ...scaleFaults(config, annotations),
    ...numberFaults(annotations),
    ...windowFaults(annotations),
    ...delayFaults(annotations, "scale-down-delay"),
    ...delayFaults(annotations, "scale-to-zero-pod-retention-period"),
    ...metricFaults(annotations),
    ...algorithmFaults(annotations),
    ...initialScaleFaults(config, annotations),
  ];
}

function classFaults(annotations: Annotations): FieldErrors {
  const value = annotations[CLASS_ANNOTATION];
  const unknown = value !== undefined && value.endsWith(".knative.dev") && value !== KPA_CLASS && value !== HPA_CLASS;
  return unknown ? invalidValue(value, CLASS_ANNOTATION) : [];
}

interface Scale {
  readonly key: string;
  readonly value: number;
  readonly faults: FieldErrors;
}

function readScale(annotations: Annotations, key: string): Scale {
  const found = annotation(annotations, key);
  if (found === undefined) return { key, value: 0, faults: [] };
  if (!/^[+-]?\d+$/.test(found.value)) return { key: found.key, value: 0, faults: invalidValue(found.value, found.key) };
  const value = Number(found.value);
  const inside = value >= 0 && value <= INT32_MAX;
  return { key: found.key, value: inside ? value : 0, faults: inside ? [] : outOfBounds(found.value, 0, INT32_MAX, found.key) };
}

function scaleFaults(config: AutoscalerConfig, annotations: Annotations): FieldErrors {
  const min = readScale(annotations, MIN_SCALE_ANNOTATION);
  const max = readScale(annotations, MAX_SCALE_ANNOTATION);
  const faults = [...min.faults, ...max.faults];
  if (max.value !== 0 && max.value < min.value) {
    faults.push(...fieldError(`max-scale=${max.value} is less than min-scale=${min.value}`, [max.key, min.key]));
  }
  const limit = config.maxScaleLimit;
  if (annotation(annotations, MAX_SCALE_ANNOTATION) !== undefined && max.faults.length === 0 && limit !== 0) {
    if (max.value > limit) faults.push(...outOfBounds(max.value, 1, limit, max.key));
    if (max.value === 0) faults.push(...fieldError("max-scale=0 (unlimited), must be less than " + String(limit), max.key));
  }
  return [...faults, ...activationFaults(annotations, min.value, max.value)];
}

function activationFaults(annotations: Annotations, min: number, max: number): FieldErrors {
  const key = `${AUTOSCALING}/activation-scale`;
  const text = annotations[key];
  if (text === undefined) return [];
  if (!/^[+-]?\d+$/.test(text)) return invalidValue(text, key);
  const value = Number(text);
  if (value < 2) return fieldError(`activation-scale=${value} must be greater than 1`, key);
  if (value < min) return fieldError(`activation-scale=${value} is less than min-scale=${min}`, [key, MIN_SCALE_ANNOTATION]);
  if (max > 0 && value > max) return fieldError(`activation-scale=${value} is greater than max-scale=${max}`, [key, MAX_SCALE_ANNOTATION]);
  return [];
}

interface Bound {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

const PERCENTAGES: readonly Bound[] = [
  { name: "panic-window-percentage", low: 1, high: 100 },
  { name: "panic-threshold-percentage", low: 110, high: 1000 },
  { name: "target-utilization-percentage", low: 1, high: 100 },
];

function numberFaults(annotations: Annotations): FieldErrors {
  const percentages = PERCENTAGES.flatMap(({ name, low, high }) => {
    const found = annotation(annotations, `${AUTOSCALING}/${name}`);
    if (found === undefined) return [];
    const value = goFloat(found.value);
    if (value === undefined) return invalidValue(found.value, found.key);
    return value < low || value > high ? outOfBounds(found.value, low, high, found.key) : [];
  });
  return [...percentages, ...targetFaults(annotations), ...burstFaults(annotations)];
}

function targetFaults(annotations: Annotations): FieldErrors {
  const found = annotation(annotations, `${AUTOSCALING}/target`);
  if (found === undefined) return [];
  const value = goFloat(found.value);
  return value === undefined || value < TARGET_MIN ? fieldError(`target ${found.value} should be at least ${TARGET_MIN}`, found.key) : [];
}

function burstFaults(annotations: Annotations): FieldErrors {
  const found = annotation(annotations, `${AUTOSCALING}/target-burst-capacity`);
  if (found === undefined) return [];
  const value = goFloat(found.value);
  return value === undefined || (value < 0 && value !== -1) ? invalidValue(found.value, found.key) : [];
}

function goFloat(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === "" || text !== text.trim() || Number.isNaN(value) ? undefined : value;
}

function windowFaults(annotations: Annotations): FieldErrors {
  const key = `${AUTOSCALING}/window`;
  const text = annotations[key];
  if (text === undefined) return [];
  if (annotations[CLASS_ANNOTATION] === HPA_CLASS && annotations[METRIC_ANNOTATION] === "cpu") {
    return fieldError(
      `invalid key name ${JSON.stringify(key)}`,
      "",
      `${METRIC_ANNOTATION} must be set to concurrency or rps for ${key} to work`,
    );
  }
  return durationFaults(text, key, { low: WINDOW_MIN_MS, high: WINDOW_MAX_MS });
}

function delayFaults(annotations: Annotations, name: string): FieldErrors {
  const key = `${AUTOSCALING}/${name}`;
  const text = annotations[key];
  return text === undefined ? [] : durationFaults(text, key, { low: 0, high: WINDOW_MAX_MS });
}

function durationFaults(text: string, key: string, range: Pick<Bound, "low" | "high">): FieldErrors {
  const value = parseGoDuration(text);
  if (value === undefined) return invalidValue(text, key);
  if (value < range.low || value > range.high) return outOfBounds(text, formatGoDuration(range.low), formatGoDuration(range.high), key);
  return value % 1000 === 0 ? [] : invalidValue(text, key, "must be specified with at most second precision");
}

function metricFaults(annotations: Annotations): FieldErrors {
  const metric = annotations[METRIC_ANNOTATION];
  if (metric === undefined) return [];
  const scaler = annotations[CLASS_ANNOTATION] ?? KPA_CLASS;
  if (scaler === KPA_CLASS && metric !== "concurrency" && metric !== "rps") return invalidValue(metric, METRIC_ANNOTATION);
  if (scaler === HPA_CLASS && metric === "") return invalidValue(metric, METRIC_ANNOTATION);
  return [];
}

function algorithmFaults(annotations: Annotations): FieldErrors {
  if (annotations[CLASS_ANNOTATION] !== KPA_CLASS) return [];
  const found = annotation(annotations, `${AUTOSCALING}/metric-aggregation-algorithm`);
  const known = ["linear", "weighted-exponential", "weightedExponential"];
  return found === undefined || known.includes(found.value) ? [] : invalidValue(found.value, found.key);
}

function initialScaleFaults(config: AutoscalerConfig, annotations: Annotations): FieldErrors {
  const found = annotation(annotations, INITIAL_SCALE_ANNOTATION);
  if (found === undefined) return [];
  if (!/^[+-]?\d+$/.test(found.value)) return invalidValue(found.value, found.key);
  const value = Number(found.value);
  if (value < 0) return invalidValue(found.value, `${found.key} must be greater than 0`);
  if (value === 0 && !config.allowZeroInitialScale) return invalidValue(found.value, `${found.key}=0 not allowed by cluster`);
  return [];
}
