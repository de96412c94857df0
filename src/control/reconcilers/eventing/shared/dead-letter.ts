import type { DeliverySpec } from "../../../../api/duck/delivery.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { DEAD_LETTER_SINK_RESOLVED, markDeadLetterSinkNotConfigured } from "../../../../api/eventing/broker-lifecycle.ts";
import type { Reference } from "../../../controller/tracker.ts";
import type { DestinationResolver, ResolvedAddress } from "./destination.ts";

/** The part of a status that says where dead letters go. */
export interface DeadLetterStatus {
  deadLetterSinkUri?: string | undefined;
  deadLetterSinkCACerts?: string | undefined;
  deadLetterSinkAudience?: string | undefined;
}

interface DeadLetterCase {
  readonly resolver: DestinationResolver;
  readonly delivery: DeliverySpec | undefined;
  readonly namespace: string;
  readonly references: Reference[];
}

/** Resolves the sink of a delivery and says what came of it. Changes `status`. */
export function resolveDeadLetterSink(status: DeadLetterStatus, conditions: ConditionManager, about: DeadLetterCase): void {
  const { resolver, delivery, namespace, references } = about;
  const sink = delivery?.deadLetterSink;
  setDeadLetterSink(status, undefined);
  if (sink === undefined) return markDeadLetterSinkNotConfigured(conditions);
  const found = resolver.resolve(sink, namespace, references);
  if (found.kind === "unresolved") {
    return conditions.markFalse(DEAD_LETTER_SINK_RESOLVED, "Unable to get the dead letter sink's URI", found.message);
  }
  setDeadLetterSink(status, found.address);
  conditions.markTrue(DEAD_LETTER_SINK_RESOLVED);
}

/** Changes `status`. */
export function setDeadLetterSink(status: DeadLetterStatus, address: ResolvedAddress | undefined): void {
  status.deadLetterSinkUri = address?.url;
  status.deadLetterSinkCACerts = address?.CACerts;
  status.deadLetterSinkAudience = address?.audience;
}
