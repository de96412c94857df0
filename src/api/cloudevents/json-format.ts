import { base64OfBytes, bytesOfBase64 } from "../../std/base64.ts";
import { hasJsonData, type AttributeValue, type CloudEvent } from "./event.ts";

/** What cannot be read as an event; the message says why, in one line. */
export class EventFormatError extends Error {
  override readonly name = "EventFormatError";
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Reads the JSON format, one event. Not validated: see `invalidEvent`. @throws EventFormatError */
export function eventFromJson(body: Uint8Array): CloudEvent {
  return eventFromObject(parse(body));
}

/** Reads the JSON batch format. @throws EventFormatError that names the index */
export function eventsFromJsonBatch(body: Uint8Array): CloudEvent[] {
  const list = parse(body);
  if (!Array.isArray(list)) throw new EventFormatError("a batch is a JSON array of events");
  return list.map((member: unknown, index) => {
    try {
      return eventFromObject(member);
    } catch (error) {
      throw error instanceof EventFormatError ? new EventFormatError(`event ${index} of the batch: ${error.message}`) : error;
    }
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch (error) {
    throw new EventFormatError(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function eventFromObject(value: unknown): CloudEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new EventFormatError("an event is a JSON object");
  const { data, data_base64: base64, ...rest } = value as Record<string, unknown>;
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, member] of Object.entries(rest)) if (member !== null) attributes[name] = attribute(name, member);
  if (base64 !== undefined && base64 !== null) {
    if (data !== undefined) throw new EventFormatError("an event has either data or data_base64");
    return { attributes, data: fromBase64(base64) };
  }
  // `null` is JSON data like any other, but the format takes it for no data.
  return data === undefined || data === null ? { attributes } : { attributes, data: bytesOf(data, attributes) };
}

function attribute(name: string, value: unknown): AttributeValue {
  if (typeof value === "string" || typeof value === "boolean" || Number.isInteger(value)) return value as AttributeValue;
  throw new EventFormatError(`the attribute ${name} must be a string, an integer or a boolean`);
}

function fromBase64(value: unknown): Uint8Array {
  const isBase64 = typeof value === "string" && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
  if (!isBase64) throw new EventFormatError("data_base64 is no base64");
  return bytesOfBase64(value);
}

function bytesOf(data: unknown, attributes: Record<string, AttributeValue>): Uint8Array {
  if (attributes["specversion"] === "0.3" && attributes["datacontentencoding"] === "base64") {
    delete attributes["datacontentencoding"];
    return fromBase64(data);
  }
  if (typeof data === "string" && !hasJsonData({ attributes })) return encoder.encode(data);
  attributes["datacontenttype"] ??= "application/json";
  return encoder.encode(JSON.stringify(data));
}

/** Writes the JSON format. JSON data stands in it as it came, anything else as base64. */
export function eventToJson(event: CloudEvent): Uint8Array {
  const head = JSON.stringify(event.attributes);
  if (event.data === undefined) return encoder.encode(head);
  const open = head.slice(0, -1);
  const json = hasJsonData(event) ? validJson(event.data) : undefined;
  if (json !== undefined) return encoder.encode(`${open},"data":${json}}`);
  if (event.attributes["specversion"] !== "0.3") return encoder.encode(`${open},"data_base64":"${base64OfBytes(event.data)}"}`);
  return encoder.encode(`${open},"datacontentencoding":"base64","data":"${base64OfBytes(event.data)}"}`);
}

function validJson(data: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(data);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
