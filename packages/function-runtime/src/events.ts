import type { IncomingHttpHeaders } from "node:http";
import type { CloudEvent } from "cloudevents";
import { isJson, mediaType } from "./body.ts";
import { HttpProblem } from "./problem.ts";
import { sdk } from "./sdk.ts";
import type { CloudEventResponse } from "./types.ts";

const VERSIONS: readonly unknown[] = ["1.0", "0.3"];
const BATCH = "application/cloudevents-batch";

export function carriesEvent(headers: IncomingHttpHeaders): boolean {
  return headers["ce-id"] !== undefined || headers["ce-specversion"] !== undefined || isEventType(headers);
}

function isEventType(headers: IncomingHttpHeaders): boolean {
  return mediaType(headers["content-type"]).startsWith("application/cloudevents");
}

/** The event of a request in binary or structured mode. Throws HttpProblem: 406 for an unknown version, 415 for a batch, else 400. */
export function eventOf(headers: IncomingHttpHeaders, bytes: Buffer | undefined): CloudEvent<unknown> {
  if (mediaType(headers["content-type"]).startsWith(BATCH))
    throw new HttpProblem(415, "batches of events are not supported; send each event in a request of its own");
  checkVersion(headers, bytes);
  const type = mediaType(headers["content-type"]);
  const isText = type === "" || isJson(type) || type.startsWith("text/");
  try {
    const event = sdk().HTTP.toEvent({ headers: { ...headers }, body: isText ? (bytes?.toString() ?? "") : bytes }) as CloudEvent<unknown>;
    event.validate();
    return event;
  } catch (error) {
    throw new HttpProblem(400, `no valid CloudEvent: ${reasonOf(error)}`);
  }
}

function checkVersion(headers: IncomingHttpHeaders, bytes: Buffer | undefined): void {
  const version = isEventType(headers) ? structuredVersion(bytes) : headers["ce-specversion"];
  if (!VERSIONS.includes(version)) throw new HttpProblem(406, `invalid spec version ${String(version)}: 1.0 and 0.3 are supported`);
}

function structuredVersion(bytes: Buffer | undefined): unknown {
  try {
    return (JSON.parse(bytes?.toString() ?? "") as { specversion?: unknown } | null)?.specversion;
  } catch (error) {
    throw new HttpProblem(400, `no valid CloudEvent: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { message, errors } = error as { readonly message?: string; readonly errors?: unknown };
  const details = Array.isArray(errors)
    ? errors.map((one) => (typeof one === "string" ? one : (one as Error).message)).filter(Boolean)
    : [];
  return [message ?? String(error), ...details].join(": ");
}

/** Of whichever copy of the SDK. */
export function isCloudEvent(value: unknown): value is CloudEvent<unknown> {
  const { specversion, cloneWith } = (value ?? {}) as { readonly specversion?: unknown; readonly cloneWith?: unknown };
  return typeof specversion === "string" && typeof cloneWith === "function";
}

export function eventMessage(event: CloudEvent<unknown>): { readonly headers: Record<string, string>; readonly body: unknown } {
  const { headers, body } = sdk().HTTP.binary(event);
  return { headers: headers as Record<string, string>, body };
}

export function cloudEventResponse(data: unknown): CloudEventResponse {
  const event: Record<string, unknown> = { data };
  const set = (name: string) => (value: string) => {
    event[name] = value;
    return builder;
  };
  const builder: CloudEventResponse = {
    version: set("specversion"),
    id: set("id"),
    type: set("type"),
    source: set("source"),
    response: () => new (sdk().CloudEvent)(event as Partial<CloudEvent<unknown>>),
  };
  return builder;
}
