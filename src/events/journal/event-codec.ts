import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.ts";
import type { AttributeValue, JournalEvent } from "./contract.ts";

const VERSION = 1;

/** Names that events nearly always have are one byte. Append only: places are written to disk. */
const KNOWN_NAMES = [
  "specversion",
  "id",
  "source",
  "type",
  "subject",
  "time",
  "datacontenttype",
  "dataschema",
  "partitionkey",
  "traceparent",
  "tracestate",
  "knativebrokerttl",
  "knativearrivaltime",
  "schemaurl",
] as const;
const PLACES: ReadonlyMap<string, number> = new Map(KNOWN_NAMES.map((name, index) => [name, index + 1]));
const NO_PLACE = 0;

const TAG = { text: 0, true: 1, false: 2, natural: 3, float: 4, bytes: 5 } as const;

/** Version, attributes, a flag for data, data to the end. */
export function encodeEvent(event: JournalEvent, writer: ByteWriter = new ByteWriter(256)): Uint8Array {
  const start = writer.length;
  writer.byte(VERSION);
  const attributes = Object.entries(event.attributes);
  writer.number(attributes.length);
  for (const [name, value] of attributes) {
    const place = PLACES.get(name) ?? NO_PLACE;
    writer.byte(place);
    if (place === NO_PLACE) writer.text(name);
    writeValue(writer, value);
  }
  writer.byte(event.data === undefined ? 0 : 1);
  if (event.data !== undefined) writer.raw(event.data);
  return writer.view().subarray(start);
}

/** `data` is a view into `bytes`. @throws MalformedBytes */
export function decodeEvent(bytes: Uint8Array): JournalEvent {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new MalformedBytes(`an event of version ${version}`);
  const attributes: Record<string, AttributeValue> = {};
  for (let left = reader.number(); left > 0; left--) {
    const place = reader.byte();
    const name = place === NO_PLACE ? reader.text() : KNOWN_NAMES[place - 1];
    if (name === undefined) throw new MalformedBytes(`attribute name ${place}`);
    Object.defineProperty(attributes, name, { value: readValue(reader), enumerable: true, writable: true, configurable: true });
  }
  if (reader.byte() === 0) return { attributes };
  return { attributes, data: reader.rest() };
}

function writeValue(writer: ByteWriter, value: AttributeValue): void {
  if (typeof value === "string") {
    writer.byte(TAG.text);
    writer.text(value);
  } else if (typeof value === "boolean") {
    writer.byte(value ? TAG.true : TAG.false);
  } else if (typeof value !== "number") {
    writer.byte(TAG.bytes);
    writer.bytes(value);
  } else if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
    writer.byte(TAG.natural);
    writer.number(value);
  } else {
    writer.byte(TAG.float);
    writer.float(value);
  }
}

function readValue(reader: ByteReader): AttributeValue {
  const tag = reader.byte();
  if (tag === TAG.text) return reader.text();
  if (tag === TAG.true) return true;
  if (tag === TAG.false) return false;
  if (tag === TAG.natural) return reader.number();
  if (tag === TAG.float) return reader.float();
  if (tag === TAG.bytes) return reader.bytes();
  throw new MalformedBytes(`an attribute value of kind ${tag}`);
}
