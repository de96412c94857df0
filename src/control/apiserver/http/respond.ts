import type { Status } from "../../../api/k8s/types.generated.ts";
import { ApiError } from "../../../api/meta/errors.ts";
import type { ApiReply, EventsBody, ReplyBody } from "../../../api/meta/payload.ts";

const JSON_TYPE = "application/json";
const NO_CACHE = "no-cache, private";

export interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Two spaces and no compact line: for people who look with curl. */
  readonly pretty?: boolean;
}

/** One JSON value and a newline, as Kubernetes answers. `text` gives the value's text where it is made in another way. */
export function jsonReply(value: unknown, options: ReplyOptions & { text?(): Iterable<string> } = {}): ApiReply {
  const { text = () => [`${options.pretty === true ? JSON.stringify(value, null, 2) : JSON.stringify(value)}\n`] } = options;
  return reply({ kind: "json", value, text }, JSON_TYPE, options);
}

export function textReply(text: string, contentType: string, options: ReplyOptions = {}): ApiReply {
  return reply({ kind: "text", text }, contentType, options);
}

function reply(body: ReplyBody, contentType: string, { status = 200, headers }: ReplyOptions): ApiReply {
  const fields = { "content-type": contentType, "cache-control": NO_CACHE };
  return { status, headers: headers === undefined ? fields : { ...fields, ...headers }, body };
}

/** A watch. */
export function eventsReply(body: EventsBody): ApiReply {
  return reply(body, JSON_TYPE, {});
}

/** The text of a JSON or text answer, in one or several pieces; undefined for others. */
export function replyText(body: ReplyBody): Iterable<string> | undefined {
  return body.kind === "json" ? body.text() : body.kind === "text" ? [body.text] : undefined;
}

/** The answer of a failure: its Status. */
export function errorReply(error: ApiError, options: ReplyOptions = {}): ApiReply {
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
export function unknownPathReply(): ApiReply {
  return textReply("404 page not found\n", "text/plain; charset=utf-8", { status: 404 });
}

/** An error that Kubernetes answers as 500 without a reason. */
export function plainError(message: string): ApiError {
  return new ApiError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: 500 } as Status);
}

/** Adds `Warning` headers (code 299) to an answer. */
export function withWarnings(reply: ApiReply, warnings: readonly string[]): ApiReply {
  if (warnings.length === 0) return reply;
  const texts = [...new Set(warnings)].map((text) => `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  return { ...reply, headers: { ...reply.headers, warning: texts } };
}
