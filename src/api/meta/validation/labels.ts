import type { LabelSelector, LabelSelectorRequirement } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../kind.ts";
import { forbiddenCause, invalidCause, invalidCauses, requiredCause } from "./causes.ts";
import { labelValueErrors, qualifiedNameErrors } from "./names.ts";

type Labels = Readonly<Record<string, string>> | undefined;

/** All annotations of an object together, in bytes. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

export function labelCauses(labels: Labels, path: string): FieldCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidCauses(path, key, qualifiedNameErrors(key)),
    ...invalidCauses(path, value, labelValueErrors(value)),
  ]);
}

export function annotationCauses(annotations: Labels, path: string): FieldCause[] {
  const entries = Object.entries(annotations ?? {});
  const causes = entries.flatMap(([key]) => invalidCauses(path, key, qualifiedNameErrors(key.toLowerCase())));
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  if (size <= MAX_ANNOTATIONS_BYTES) return causes;
  return [
    ...causes,
    { reason: "FieldValueTooLong", message: `Too long: may not be more than ${MAX_ANNOTATIONS_BYTES} bytes`, field: path },
  ];
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7ff && !(code >= 0xd800 && code <= 0xdfff)) bytes += 2;
    else if (code > 0x7f) bytes += 1;
  }
  return bytes;
}

export function selectorCauses(selector: LabelSelector | undefined, path: string): FieldCause[] {
  if (selector === undefined) return [];
  const requirements = (selector.matchExpressions ?? []).flatMap((one, i) => requirementCauses(one, `${path}.matchExpressions[${i}]`));
  return [...labelCauses(selector.matchLabels, `${path}.matchLabels`), ...requirements];
}

function requirementCauses(one: LabelSelectorRequirement, path: string): FieldCause[] {
  return [
    ...operatorCauses(one, path),
    ...invalidCauses(`${path}.key`, one.key, qualifiedNameErrors(one.key ?? "")),
    ...(one.values ?? []).flatMap((value, i) => invalidCauses(`${path}.values[${i}]`, value, labelValueErrors(value))),
  ];
}

function operatorCauses(one: LabelSelectorRequirement, path: string): FieldCause[] {
  const isEmpty = (one.values ?? []).length === 0;
  switch (one.operator) {
    case "In":
    case "NotIn":
      return isEmpty ? [requiredCause(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : [];
    case "Exists":
    case "DoesNotExist":
      return isEmpty ? [] : [forbiddenCause(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalidCause(`${path}.operator`, one.operator ?? "", "not a valid selector operator")];
  }
}

/** Whether a selector picks an object with these labels. An empty selector picks everything. */
export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  const given = labels ?? {};
  const hasLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => given[key] === value);
  return hasLabels && (selector.matchExpressions ?? []).every((one) => requirementMatches(one, given[one.key]));
}

function requirementMatches(one: LabelSelectorRequirement, value: string | undefined): boolean {
  const isListed = value !== undefined && (one.values ?? []).includes(value);
  switch (one.operator) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}
