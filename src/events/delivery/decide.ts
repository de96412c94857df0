import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { invalidEvent } from "../../api/cloudevents/event.ts";
import { eventsFromHttp, modeOf, type Headers } from "../../api/cloudevents/http-binding.ts";
import { EventFormatError } from "../../api/cloudevents/json-format.ts";
import { backoffMs, type DeliveryPolicy } from "./policy.ts";

/** What came of one try. */
export type Answer =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: Uint8Array }
  /** No answer: refused, reset, timed out, or an answer that is no HTTP. */
  | { readonly kind: "unreachable"; readonly message: string };

/** Why a try failed, for records and for the extensions of a dead letter. */
export interface TryFailure {
  /** 0: no answer. */
  readonly status: number;
  readonly message: string;
  /** What the subscriber said, as far as it was read. */
  readonly body?: Uint8Array;
}

export type Decision =
  | { readonly kind: "delivered"; readonly status: number; readonly reply?: CloudEvent }
  | { readonly kind: "retry"; readonly delayMs: number; readonly failure: TryFailure }
  /** No more tries: to the dead letter sink. */
  | { readonly kind: "give-up"; readonly failure: TryFailure };

const RETRIED: ReadonlySet<number> = new Set([404, 408, 409, 429]);

/** What to do after try number `tries` (from 1) was answered. Pure; `nowMs` is needed for dates in Retry-After. */
export function decide(answer: Answer, tries: number, policy: DeliveryPolicy, nowMs: number): Decision {
  if (answer.kind === "unreachable") return again({ status: 0, message: answer.message }, tries, policy);
  const { status, body } = answer;
  if (status < 200 || status > 299) {
    const failure = { status, message: `it answered ${status}`, body };
    if (!RETRIED.has(status) && status < 500) return { kind: "give-up", failure };
    return again(failure, tries, policy, retryAfterMs(answer, policy, nowMs));
  }
  const reply = readReply(answer);
  if (reply.kind === "none") return { kind: "delivered", status };
  if (reply.kind === "event") return { kind: "delivered", status, reply: reply.event };
  return again({ status: 502, message: reply.message, body }, tries, policy);
}

function again(failure: TryFailure, tries: number, policy: DeliveryPolicy, atLeastMs = 0): Decision {
  if (tries > policy.retry) return { kind: "give-up", failure };
  return { kind: "retry", delayMs: Math.max(backoffMs(policy, tries), atLeastMs), failure };
}

type Reply =
  | { readonly kind: "none" }
  | { readonly kind: "event"; readonly event: CloudEvent }
  | { readonly kind: "wrong"; readonly message: string };

/** As the broker of the reference does: a body that is no event is an error of the subscriber, not a reply to forget. */
function readReply({ status, headers, body }: Extract<Answer, { kind: "answered" }>): Reply {
  try {
    if (modeOf(headers) === undefined) {
      if (body.length === 0) return { kind: "none" };
      return { kind: "wrong", message: `it answered ${status} with a body that is no CloudEvent` };
    }
    const [event, ...more] = eventsFromHttp(headers, body).events;
    if (event === undefined || more.length > 0) return { kind: "wrong", message: "it answered with a batch: a reply is one event" };
    const problem = invalidEvent(event);
    return problem === undefined ? { kind: "event", event } : { kind: "wrong", message: `its reply is no valid CloudEvent: ${problem}` };
  } catch (error) {
    if (error instanceof EventFormatError) return { kind: "wrong", message: `its reply cannot be read: ${error.message}` };
    throw error;
  }
}

/** Seconds or a date; only for 429 and 503, never more than the policy allows. */
function retryAfterMs({ status, headers }: Extract<Answer, { kind: "answered" }>, policy: DeliveryPolicy, nowMs: number): number {
  const max = policy.retryAfterMaxMs ?? 0;
  const value = headers["retry-after"];
  if (max === 0 || (status !== 429 && status !== 503) || typeof value !== "string") return 0;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), max) : 0;
}
