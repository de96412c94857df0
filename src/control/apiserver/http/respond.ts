import type { Status } from "../../../api/k8s/types.generated.ts";
import { ApiError } from "../../../api/meta/errors.ts";

const JSON_TYPE = "application/json";
const NO_CACHE = "no-cache, private";
const encoder = new TextEncoder();

export interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Two spaces and no compact line: for people who look with curl. */
  readonly pretty?: boolean;
}

/** One JSON value and a newline, as Kubernetes answers. */
export function jsonReply(value: unknown, options: ReplyOptions = {}): Response {
  const text = options.pretty === true ? JSON.stringify(value, null, 2) : JSON.stringify(value);
  return textReply(`${text}\n`, JSON_TYPE, options);
}

/** A whole body that is known already. */
export function textReply(text: string, contentType: string, options: ReplyOptions = {}): Response {
  const body = encoder.encode(text);
  const headers = { "content-type": contentType, "cache-control": NO_CACHE, "content-length": String(body.length), ...options.headers };
  return new Response(body, { status: options.status ?? 200, headers });
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
