import type { FieldCause, Refusal } from "../kind.ts";

/** Makers of causes in Kubernetes' words. Objects and lists print as JSON, as there. */

export function requiredCause(field: string, detail = ""): FieldCause {
  return { reason: "FieldValueRequired", message: withDetail("Required value", detail), field };
}

export function invalidCause(field: string, value: unknown, detail: string): FieldCause {
  return { reason: "FieldValueInvalid", message: withDetail(`Invalid value: ${printed(value)}`, detail), field };
}

export function duplicateCause(field: string, value: unknown): FieldCause {
  return { reason: "FieldValueDuplicate", message: `Duplicate value: ${printed(value)}`, field };
}

export function forbiddenCause(field: string, detail: string): FieldCause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${detail}`, field };
}

export function notFoundCause(field: string, value: unknown): FieldCause {
  return { reason: "FieldValueNotFound", message: `Not found: ${printed(value)}`, field };
}

export function tooLongCause(field: string, maxBytes: number): FieldCause {
  return { reason: "FieldValueTooLong", message: `Too long: may not be more than ${maxBytes} bytes`, field };
}

/** `supported` is printed in the order given; Kubernetes sorts it. */
export function notSupportedCause(field: string, value: unknown, supported: readonly string[]): FieldCause {
  const list = supported.map((one) => JSON.stringify(one)).join(", ");
  return { reason: "FieldValueNotSupported", message: `Unsupported value: ${printed(value)}: supported values: ${list}`, field };
}

/** Nothing if `value` is absent or supported. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldCause[] {
  return value === undefined || supported.includes(value) ? [] : [notSupportedCause(field, value, supported)];
}

/** One cause for each text. */
export function invalidCauses(field: string, value: unknown, details: readonly string[]): FieldCause[] {
  return details.map((detail) => invalidCause(field, value, detail));
}

export function refusalOf(causes: readonly FieldCause[]): Refusal | undefined {
  return causes.length === 0 ? undefined : { kind: "invalid", causes };
}

function printed(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}
