import { mediaType, type AttributeValue, type CloudEvent } from "./event.ts";
import { EventFormatError, eventFromJson, eventsFromJsonBatch, eventToJson } from "./json-format.ts";

/** Header names in lower case, as node:http gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Mode = "binary" | "structured" | "batch";

const STRUCTURED = "application/cloudevents+json";
const BATCH = "application/cloudevents-batch+json";
const PREFIX = "ce-";

/** How the message carries an event, or undefined when it carries none. */
export function modeOf(headers: Headers): Mode | undefined {
  const type = mediaType(one(headers["content-type"]) ?? "");
  if (type === STRUCTURED) return "structured";
  if (type === BATCH) return "batch";
  if (type.startsWith("application/cloudevents"))
    throw new EventFormatError(`the event format ${type} is not supported: use ${STRUCTURED}`);
  return headers["ce-specversion"] === undefined ? undefined : "binary";
}

/** The events of an HTTP message. Not validated: see `invalidEvent`. @throws EventFormatError */
export function eventsFromHttp(headers: Headers, body: Uint8Array): { readonly mode: Mode; readonly events: readonly CloudEvent[] } {
  const mode = modeOf(headers);
  if (mode === undefined) {
    throw new EventFormatError(`no CloudEvent: neither ce- headers with ce-specversion, nor content type ${STRUCTURED}`);
  }
  if (mode === "batch") return { mode, events: eventsFromJsonBatch(body) };
  return { mode, events: [mode === "structured" ? eventFromJson(body) : fromBinary(headers, body)] };
}

function fromBinary(headers: Headers, body: Uint8Array): CloudEvent {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = one(value);
    if (text === undefined) continue;
    if (name.startsWith(PREFIX)) attributes[name.slice(PREFIX.length)] = decodeHeader(text);
    if (name === "content-type") attributes["datacontenttype"] = text;
  }
  return body.length === 0 ? { attributes } : { attributes, data: body };
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

/** Quotes around the whole value and percent-encoding, as the HTTP binding 3.1.3.2 has them. @throws EventFormatError */
export function decodeHeader(value: string): string {
  const raw = rawUtf8(value);
  const bare = /^".*"$/.test(raw) ? raw.slice(1, -1).replaceAll(/\\(.)/g, "$1") : raw;
  if (!bare.includes("%")) return bare;
  try {
    return decodeURIComponent(bare.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch (error) {
    throw new EventFormatError(`${JSON.stringify(value)} is no percent-encoded UTF-8`, { cause: error });
  }
}

/** SDKs that encode nothing send UTF-8 as it is, and node:http shows bytes as Latin-1. What is no UTF-8 stays Latin-1. */
function rawUtf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  } catch {
    return value;
  }
}

/** Space, quote, percent and everything that is not printable ASCII. */
export function encodeHeader(value: AttributeValue): string {
  const text = String(value);
  if (!/[^\x21\x23\x24\x26-\x7e]/.test(text)) return text;
  return text.replaceAll(/[^\x21\x23\x24\x26-\x7e]+/gu, (part) => [...part].map(percent).join(""));
}

function percent(character: string): string {
  return encodeURIComponent(character).replace(/^[^%]$/, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

export interface HttpMessage {
  /** Lower-case names; `content-length` is the sender's business. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const NOTHING = new Uint8Array();

/** Attributes as headers, data as the body. */
export function toBinary(event: CloudEvent): HttpMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.attributes)) {
    if (name === "datacontenttype") headers["content-type"] = String(value);
    else headers[PREFIX + name] = encodeHeader(value);
  }
  return { headers, body: event.data ?? NOTHING };
}

/** Everything in the body. */
export function toStructured(event: CloudEvent): HttpMessage {
  return { headers: { "content-type": `${STRUCTURED}; charset=utf-8` }, body: eventToJson(event) };
}
