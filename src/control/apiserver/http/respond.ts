import type { Status } from "../../../api/k8s/types.generated.ts";
import { ApiError } from "../../../api/meta/errors.ts";
import { payloadOf, setPayload, type Payload } from "../../../api/meta/payload.ts";

const JSON_TYPE = "application/json";
const NO_CACHE = "no-cache, private";
const encoder = new TextEncoder();

// Answers carry payloads; `whole` makes complete messages of them at the edge.

export interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Two spaces and no compact line: for people who look with curl. */
  readonly pretty?: boolean;
}

/** One JSON value and a newline, as Kubernetes answers. `text` gives the value's text where it is made in another way. */
export function jsonReply(value: unknown, options: ReplyOptions & { text?(): string } = {}): Response {
  const { text = () => JSON.stringify(value, null, options.pretty === true ? 2 : undefined) } = options;
  return reply({ kind: "json", value, text: () => `${text()}\n` }, JSON_TYPE, options);
}

export function textReply(text: string, contentType: string, options: ReplyOptions = {}): Response {
  return reply({ kind: "text", text }, contentType, options);
}

function reply(payload: Payload, contentType: string, options: ReplyOptions): Response {
  const headers = { "content-type": contentType, "cache-control": NO_CACHE, ...options.headers };
  return setPayload(new Response(null, { status: options.status ?? 200, headers }), payload);
}

/** A watch. */
export function eventsReply(payload: Payload & { readonly kind: "events" }): Response {
  return reply(payload, JSON_TYPE, {});
}

/** The text of a JSON or text answer; undefined for others. */
export function replyText(response: Response): string | undefined {
  const payload = payloadOf(response);
  if (payload?.kind === "text") return payload.text;
  return payload?.kind === "json" ? jsonText(payload) : undefined;
}

function jsonText({ value, text }: Payload & { readonly kind: "json" }): string {
  return text === undefined ? JSON.stringify(value) : text();
}

/** The answer with a body of its own. */
export function whole(response: Response): Response {
  const { status, headers } = response;
  const payload = payloadOf(response);
  if (payload?.kind === "events") return new Response(payload.stream(), { status, headers });
  const text = replyText(response);
  if (text === undefined) return response;
  const body = encoder.encode(text);
  headers.set("content-length", String(body.length));
  return new Response(body, { status, headers });
}

/** The request with a body of its own, for those who know nothing of payloads. */
export function wholeRequest(request: Request): Request {
  const payload = payloadOf(request);
  const body = payload?.kind === "bytes" ? new Uint8Array(payload.bytes) : payload?.kind === "json" ? jsonText(payload) : "";
  if (body.length === 0) return request;
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body });
}

/** The answer of a failure: its Status. */
export function errorReply(error: ApiError, options: ReplyOptions = {}): Response {
  const retry = error.status.details?.retryAfterSeconds;
  const headers = retry === undefined ? {} : { "retry-after": String(retry) };
  return jsonReply(withoutEmptyName(error.status), { ...options, status: error.code, headers: { ...headers, ...options.headers } });
}

/** An object that has no name yet has none in the details either. */
function withoutEmptyName(status: Status): Status {
  if (status.details?.name !== "") return status;
  const { name: _name, ...details } = status.details;
  return { ...status, details };
}

/** 404 for paths that no part of the server knows; clients tell an absent group by this text. */
export function unknownPathReply(): Response {
  return textReply("404 page not found\n", "text/plain; charset=utf-8", { status: 404 });
}

/** An error that Kubernetes answers as 500 without a reason. */
export function plainError(message: string): ApiError {
  return new ApiError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: 500 } as Status);
}

/** Adds `Warning` headers (code 299) to an answer. */
export function withWarnings(response: Response, warnings: readonly string[]): Response {
  for (const text of new Set(warnings))
    response.headers.append("warning", `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  return response;
}
