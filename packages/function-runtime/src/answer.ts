import { Readable } from "node:stream";
import { eventMessage, isCloudEvent } from "./events.ts";

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | Readable | undefined;
}

const TEXT = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

interface Structured {
  readonly statusCode?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** What a function returned, as an answer: nothing is 204, an event is sent in binary mode, an object without `body` is the JSON itself. */
export function answerOf(returned: unknown): Answer {
  if (isCloudEvent(returned)) return ofEvent(returned);
  if (returned === undefined || returned === null || returned === "" || returned === false)
    return { status: 204, headers: {}, body: undefined };
  if (typeof returned !== "object" || isRaw(returned)) return { status: 200, ...content(returned) };
  const { statusCode, headers, body } = returned as Structured;
  const isStructured = body !== undefined || statusCode !== undefined || (typeof headers === "object" && headers !== null);
  if (!isStructured) return { status: 200, ...content(returned) };
  const status = typeof statusCode === "number" ? statusCode : Number(statusCode ?? 200);
  const own = lowerCase((headers ?? {}) as Record<string, unknown>);
  if (isCloudEvent(body)) return { ...ofEvent(body), status };
  const made = content(body);
  return { status, headers: { ...made.headers, ...own }, body: made.body };
}

function ofEvent(event: Parameters<typeof eventMessage>[0]): Answer {
  const { headers, body } = eventMessage(event);
  return { status: 200, headers: lowerCase(headers), body: content(body).body };
}

function isRaw(value: unknown): value is Uint8Array | Readable {
  return value instanceof Uint8Array || value instanceof Readable;
}

function content(value: unknown): Pick<Answer, "headers" | "body"> {
  if (value === undefined || value === null) return { headers: {}, body: undefined };
  if (isRaw(value)) return { headers: { "content-type": "application/octet-stream" }, body: value };
  if (typeof value === "object") return { headers: { "content-type": JSON_TYPE }, body: JSON.stringify(value) };
  return { headers: { "content-type": TEXT }, body: String(value as string | number | boolean | bigint) };
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value as string)]),
  );
}

/** The status that a thrown error asks for: its `statusCode` or `code`, when it is one of HTTP. */
export function statusOfError(error: unknown): number {
  const { statusCode, status, code } = (error ?? {}) as Record<string, unknown>;
  const asked = [statusCode, code, status].map((value) => (typeof value === "string" ? Number(value) : value));
  const fitting = asked.find((value) => typeof value === "number" && Number.isInteger(value) && value >= 400 && value <= 599);
  return (fitting as number | undefined) ?? 500;
}
