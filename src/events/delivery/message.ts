import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { toBinary, toStructured, type HttpMessage } from "../../api/cloudevents/http-binding.ts";
import type { Answer } from "./decide.ts";
import { withoutHops } from "./loop-guard.ts";
import type { Subscription } from "./subscription.ts";

/** The event as the subscriber gets it. */
export function subscriberMessage(event: CloudEvent, subscription: Subscription): HttpMessage {
  const { policy, marks, description } = subscription;
  const headers = { prefer: "reply", "kn-namespace": description.namespace ?? "" };
  return withHeaders(written(marked(withoutHops(event), marks), policy.format), headers);
}

/** A dead letter as its sink gets it. */
export function sinkMessage(event: CloudEvent, { policy, description }: Subscription): HttpMessage {
  return withHeaders(written(event, policy.format), { "kn-namespace": description.namespace ?? "" });
}

const NOTHING = new Uint8Array();

/** Where no reply is wanted, a body that is no event is no reason to send again. What failed keeps what it said. */
export function withoutBody(answer: Answer): Answer {
  const isSuccess = answer.kind === "answered" && answer.status >= 200 && answer.status <= 299;
  return isSuccess ? { ...answer, headers: {}, body: NOTHING } : answer;
}

function written(event: CloudEvent, format: "json" | "binary" | undefined): HttpMessage {
  return format === "json" ? toStructured(event) : toBinary(event);
}

function marked(event: CloudEvent, marks: Readonly<Record<string, string>> | undefined): CloudEvent {
  return marks === undefined ? event : { ...event, attributes: { ...event.attributes, ...marks } };
}

function withHeaders(message: HttpMessage, headers: Readonly<Record<string, string>>): HttpMessage {
  return { ...message, headers: { ...message.headers, ...headers } };
}
