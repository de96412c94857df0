import {
  disallowedFields,
  fieldError,
  invalidValue,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
  viaField,
  viaIndex,
  type FieldErrors,
} from "../../duck/field-error.ts";
import type { TrafficTarget } from "../traffic.ts";
import { notDns1035 } from "./names.ts";

/** Whose `spec.traffic` it is: a Service means its own Configuration, a Route has to name one. */
export type TrafficOwner = "Service" | "Route";

/** Faults of `spec.traffic`, relative to the spec. */
export function validateTraffic(traffic: readonly TrafficTarget[] | undefined, owner: TrafficOwner): FieldErrors {
  const targets = traffic ?? [];
  const each = targets.flatMap((target, index) =>
    viaIndex(index, [...validateTarget(target), ...(owner === "Service" ? inService(target) : inRoute(target))]),
  );
  return viaField("traffic", [...each, ...tagFaults(targets), ...sumFault(targets)]);
}

function validateTarget(target: TrafficTarget): FieldErrors {
  const { percent, revisionName = "", latestRevision, url = "" } = target;
  return [
    ...(latestRevision !== undefined && latestRevision !== (revisionName === "")
      ? fieldError(`may not set revisionName ${JSON.stringify(revisionName)} when latestRevision is ${latestRevision}`, "latestRevision")
      : []),
    ...(percent !== undefined && (percent < 0 || percent > 100) ? outOfBounds(percent, 0, 100, "percent") : []),
    ...(url === "" ? [] : disallowedFields("url")),
  ];
}

function inService(target: TrafficTarget): FieldErrors {
  return target.configurationName ? disallowedFields("configurationName") : [];
}

function inRoute(target: TrafficTarget): FieldErrors {
  const { revisionName, configurationName } = target;
  if (revisionName && configurationName) return multipleOneOf("revisionName", "configurationName");
  return revisionName || configurationName ? [] : missingOneOf("revisionName", "configurationName");
}

function tagFaults(targets: readonly TrafficTarget[]): FieldErrors {
  const first = new Map<string, number>();
  return targets.flatMap(({ tag = "" }, index): FieldErrors => {
    if (tag === "") return [];
    const fault = notDns1035(tag);
    if (fault !== undefined) return viaField("tag", viaIndex(index, invalidValue(fault, "")));
    const known = first.get(tag);
    if (known === undefined) first.set(tag, index);
    return known === undefined ? [] : fieldError(`Multiple definitions for ${JSON.stringify(tag)}`, [`[${known}].tag`, `[${index}].tag`]);
  });
}

function sumFault(targets: readonly TrafficTarget[]): FieldErrors {
  const sum = targets.reduce((total, target) => total + (target.percent ?? 0), 0);
  return sum === 100 ? [] : fieldError(`Traffic targets sum to ${sum}, want 100`, "");
}
