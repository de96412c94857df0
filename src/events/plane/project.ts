import { parseIsoDuration } from "../../std/iso-duration.ts";
import type { DeliverySpec } from "../../api/duck/delivery.ts";
import { brokerClass, type Broker } from "../../api/eventing/broker.ts";
import { brokerOf, type Trigger } from "../../api/eventing/trigger.ts";
import { BROKER_CLASS, brokerUrl } from "../../api/names/eventing.ts";
import {
  AFTER_GIVING_UP_ANNOTATION,
  BACKLOG_LIMIT_ANNOTATION,
  DELIVERY_ORDER_ANNOTATION,
  START_ANNOTATION,
} from "../../api/names/kinetic.ts";
import { DEFAULT_TIMEOUT_MS, type DeliveryPolicy } from "../delivery/policy.ts";
import { DEFAULT_CONCURRENCY, type Subscription } from "../delivery/subscription.ts";
import { compileFilter } from "../filter/filter.ts";
import type { NewCursor } from "../journal/contract.ts";

/** What one Trigger asks of the plane. */
export interface TriggerPlan {
  /** Wanted from the moment on that the Trigger is there: it must miss nothing once it is Ready. */
  readonly cursor: NewCursor;
  /** undefined: where events go is not known, or the filter is wrong; nothing is delivered and nothing is lost. */
  readonly subscription?: Subscription;
  /** Why there is none, for people. */
  readonly problem?: string;
}

/** Brokers of our class that are not on their way out. */
export function isServed(broker: Broker): boolean {
  return brokerClass(broker) === BROKER_CLASS && broker.metadata.deletionTimestamp === undefined;
}

export function planTrigger(trigger: Trigger, broker: Broker): TriggerPlan {
  const { name = "", namespace = "", uid = "" } = trigger.metadata;
  const stream = broker.metadata.uid ?? "";
  const description = { namespace, broker: brokerOf(trigger), trigger: name };
  const cursor: NewCursor = {
    cursor: { stream, reader: uid },
    at: annotation(trigger, START_ANNOTATION) === "oldest" ? "oldest" : "head",
    description,
    ...backlogLimit(trigger),
  };
  const subscriber = trigger.status?.subscriberUri;
  if (subscriber === undefined || subscriber === "") return { cursor, problem: "the subscriber's address is not known yet" };
  const filter = compileFilter(trigger.spec as Parameters<typeof compileFilter>[0]);
  if (filter.kind === "invalid") return { cursor, problem: filter.message };
  const deadLetterSink = trigger.status?.deadLetterSinkUri ?? broker.status?.deadLetterSinkUri;
  const subscription: Subscription = {
    cursor: cursor.cursor,
    description,
    filter: filter.filter,
    subscriber,
    policy: policyOf(trigger.spec.delivery ?? broker.spec.delivery),
    ...(deadLetterSink === undefined || deadLetterSink === "" ? {} : { deadLetterSink }),
    reply: { stream, url: brokerUrl(broker.metadata.namespace ?? "", broker.metadata.name ?? "") },
    order: annotation(trigger, DELIVERY_ORDER_ANNOTATION) === "ordered" ? "ordered" : "unordered",
    afterGivingUp: annotation(trigger, AFTER_GIVING_UP_ANNOTATION) === "halt" ? "halt" : "continue",
    concurrency: DEFAULT_CONCURRENCY,
  };
  return { cursor, subscription };
}

/** Without a delivery nothing is tried again. Values were validated when they were written; nonsense counts as not given. */
export function policyOf(delivery: DeliverySpec | undefined): DeliveryPolicy {
  const { retry = 0, backoffPolicy, backoffDelay, timeout, retryAfterMax, format } = delivery ?? {};
  const retryAfterMaxMs = duration(retryAfterMax);
  return {
    retry,
    timeoutMs: duration(timeout) ?? DEFAULT_TIMEOUT_MS,
    backoffPolicy: backoffPolicy === "linear" ? "linear" : "exponential",
    backoffDelayMs: duration(backoffDelay) ?? 0,
    ...(retryAfterMaxMs === undefined ? {} : { retryAfterMaxMs }),
    ...(format === "json" || format === "binary" ? { format } : {}),
  };
}

function duration(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseIsoDuration(text);
}

function annotation({ metadata }: Trigger, name: string): string | undefined {
  return metadata.annotations?.[name];
}

function backlogLimit(trigger: Trigger): Pick<NewCursor, "backlogLimit"> {
  const value = Number(annotation(trigger, BACKLOG_LIMIT_ANNOTATION) ?? "");
  return Number.isSafeInteger(value) && value > 0 ? { backlogLimit: value } : {};
}
