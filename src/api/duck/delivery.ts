import { Type, type Static } from "typebox";
import { parseIsoDuration } from "../../std/iso-duration.ts";
import { isFeatureOn, type EventingFeatures } from "../config/eventing/features.ts";
import { defaultDestination, destinationSchema, validateDestination, type DestinationRules } from "./destination.ts";
import { disallowedFields, invalidValue, viaField, type FieldErrors } from "./field-error.ts";
import { int32, optional } from "./typebox.ts";

/** `eventingduckv1.DeliverySpec`: what happens to an event that could not be delivered. Durations are ISO 8601. */
export const deliverySchema = Type.Object({
  backoffDelay: optional(Type.String()),
  backoffPolicy: optional(Type.String()),
  deadLetterSink: optional(destinationSchema),
  format: optional(Type.String()),
  retry: optional(int32()),
  retryAfterMax: optional(Type.String()),
  timeout: optional(Type.String()),
});
export type DeliverySpec = Static<typeof deliverySchema>;

/** Where dead letters go, resolved. Spread into the properties of a status. */
export const deliveryStatusProperties = {
  deadLetterSinkAudience: optional(Type.String()),
  deadLetterSinkCACerts: optional(Type.String()),
  deadLetterSinkUri: optional(Type.String()),
};

/** Changes `delivery`. */
export function defaultDelivery(delivery: DeliverySpec | undefined, namespace: string | undefined): void {
  defaultDestination(delivery?.deadLetterSink, namespace);
}

export interface DeliveryRules extends DestinationRules {
  readonly features: EventingFeatures;
}

/** Relative to the delivery. */
export function validateDelivery(delivery: DeliverySpec | undefined, rules: DeliveryRules): FieldErrors {
  if (delivery === undefined) return [];
  const { deadLetterSink, retry, backoffPolicy, backoffDelay, format } = delivery;
  return [
    ...(deadLetterSink === undefined ? [] : viaField("deadLetterSink", validateDestination(deadLetterSink, rules))),
    ...(retry !== undefined && retry < 0 ? invalidValue(retry, "retry") : []),
    ...timeoutFaults(delivery, rules.features),
    ...notAmong(["linear", "exponential"], backoffPolicy, "backoffPolicy"),
    ...(backoffDelay !== undefined && parseIsoDuration(backoffDelay) === undefined ? invalidValue(backoffDelay, "backoffDelay") : []),
    ...notAmong(["json", "binary"], format, "format"),
    ...retryAfterFaults(delivery, rules.features),
  ];
}

function notAmong(known: readonly string[], value: string | undefined, field: string): FieldErrors {
  return value === undefined || known.includes(value) ? [] : invalidValue(value, field);
}

function timeoutFaults({ timeout }: DeliverySpec, features: EventingFeatures): FieldErrors {
  if (timeout === undefined) return [];
  if (!isFeatureOn(features, "delivery-timeout")) return disallowedFields("timeout");
  return (parseIsoDuration(timeout) ?? 0) > 0 ? [] : invalidValue(timeout, "timeout");
}

function retryAfterFaults({ retryAfterMax }: DeliverySpec, features: EventingFeatures): FieldErrors {
  if (retryAfterMax === undefined) return [];
  if (!isFeatureOn(features, "delivery-retryafter")) return disallowedFields("retryAfterMax");
  return (parseIsoDuration(retryAfterMax) ?? -1) >= 0 ? [] : invalidValue(retryAfterMax, "retryAfterMax");
}
