/** Go structs that are one JSON value: times, quantities, embedded JSON. */
import type { Reader, Writer } from "protobufjs";
import { rfc3339 } from "../../../std/clock.ts";
import { formatGoDuration, parseGoDuration } from "../../../std/duration.ts";
import type { Codec } from "./wire-codec.ts";
import { bytes, expectWireType, integer, readMessage, scalarCodecs, WireError, WireType } from "./wire-codec.ts";

const TAG = { varint1: 8, bytes1: 10, varint2: 16, bytes3: 26 } as const;

const isUnset = (value: unknown) => value === undefined || value === null;

const MICROS = /\.(\d{1,6})/;

/** `metav1.Time` and `MicroTime`: seconds and nanoseconds; an empty message is Go's zero time, which JSON leaves out. */
function timeCodec(fractions: boolean): Codec {
  return {
    wireType: WireType.bytes,
    read(reader, depth) {
      const stamp = readIntegers(reader, depth, "time");
      if (stamp.size === 0) return undefined;
      const whole = wholeSeconds(stamp.get(1) ?? 0);
      const micros = String(Math.trunc((stamp.get(2) ?? 0) / 1000)).padStart(6, "0");
      return fractions ? whole.replace("Z", `.${micros}Z`) : whole;
    },
    write(writer, value) {
      if (isUnset(value)) return void writer.uint32(0);
      const micros = fractions ? Number((MICROS.exec(String(value))?.[1] ?? "0").padEnd(6, "0")) : 0;
      const seconds = Math.floor(Date.parse(String(value)) / 1000);
      writer
        .fork()
        .uint32(TAG.varint1)
        .int64(integer(seconds))
        .uint32(TAG.varint2)
        .int32(micros * 1000)
        .ldelim();
    },
    isZero: isUnset,
  };
}

/** @throws WireError outside the years that RFC 3339 can say */
function wholeSeconds(seconds: number): string {
  if (seconds < -62_135_596_800 || seconds > 253_402_300_799) throw new WireError(`proto: time out of range: ${seconds}`);
  return rfc3339(seconds * 1000);
}

function readIntegers(reader: Reader, depth: number, what: string): Map<number, number> {
  const found = new Map<number, number>();
  readMessage(reader, depth, (number, wireType) => {
    if (number > 2) return false;
    expectWireType(wireType, WireType.varint, what);
    found.set(number, Number(scalarCodecs["int64"]?.read(reader, depth)));
    return true;
  });
  return found;
}

const duration: Codec = {
  wireType: WireType.bytes,
  read: (reader, depth) => formatGoDuration((readIntegers(reader, depth, "duration").get(1) ?? 0) / 1e6),
  write: (writer, value) => {
    const nanos = (parseGoDuration(String(value ?? "0")) ?? 0) * 1e6;
    writer
      .fork()
      .uint32(TAG.varint1)
      .int64(integer(Math.round(nanos)))
      .ldelim();
  },
  isZero: (value) => isUnset(value) || value === "0s",
};

const quantity: Codec = {
  wireType: WireType.bytes,
  read: (reader, depth) => readBytesField(reader, depth, "quantity")?.toString("utf8") || "0",
  write: (writer, value) =>
    void writer
      .fork()
      .uint32(TAG.bytes1)
      .string(String(value ?? "0"))
      .ldelim(),
  isZero: (value) => isUnset(value) || value === "0",
};

const intOrString: Codec = {
  wireType: WireType.bytes,
  read(reader, depth) {
    const found: { type: number; number: number; text: string } = { type: 0, number: 0, text: "" };
    readMessage(reader, depth, (number, wireType) => {
      if (number < 1 || number > 3) return false;
      expectWireType(wireType, number === 3 ? WireType.bytes : WireType.varint, "intOrString");
      if (number === 1) found.type = Number(scalarCodecs["int64"]?.read(reader, depth));
      else if (number === 2) found.number = reader.int32();
      else found.text = Buffer.from(bytes(reader)).toString("utf8");
      return true;
    });
    return found.type === 1 ? found.text : found.number;
  },
  write(writer, value) {
    const isText = typeof value === "string";
    writer
      .fork()
      .uint32(TAG.varint1)
      .int64(isText ? 1 : 0)
      .uint32(TAG.varint2)
      .int32(isText ? 0 : integer(value));
    writer
      .uint32(TAG.bytes3)
      .string(isText ? value : "")
      .ldelim();
  },
  isZero: (value) => isUnset(value) || value === 0,
};

/** JSON text in field 1: RawExtension, FieldsV1, the JSON of schemas. */
const embeddedJson: Codec = {
  wireType: WireType.bytes,
  read(reader, depth) {
    const raw = readBytesField(reader, depth, "raw");
    return raw === undefined || raw.length === 0 ? undefined : parseJson(raw);
  },
  write(writer: Writer, value: unknown) {
    writer.fork();
    if (value !== undefined) writer.uint32(TAG.bytes1).bytes(Buffer.from(JSON.stringify(value)));
    writer.ldelim();
  },
  isZero: (value) => value === undefined,
};

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    throw new WireError("embedded JSON is malformed");
  }
}

function readBytesField(reader: Reader, depth: number, what: string): Buffer | undefined {
  let found: Buffer | undefined;
  readMessage(reader, depth, (number, wireType) => {
    if (number !== 1) return false;
    expectWireType(wireType, WireType.bytes, what);
    found = Buffer.from(bytes(reader));
    return true;
  });
  return found;
}

/** `authentication.ExtraValue`: a list of strings that is a message of its own. */
const stringItems: Codec = {
  wireType: WireType.bytes,
  read(reader, depth) {
    const items: string[] = [];
    readMessage(reader, depth, (number, wireType) => {
      if (number !== 1) return false;
      expectWireType(wireType, WireType.bytes, "items");
      items.push(Buffer.from(bytes(reader)).toString("utf8"));
      return true;
    });
    return items;
  },
  write(writer, value) {
    writer.fork();
    for (const item of Array.isArray(value) ? value : []) writer.uint32(TAG.bytes1).string(String(item));
    writer.ldelim();
  },
  isZero: isUnset,
};

export const valueCodecs: Readonly<Record<string, Codec>> = {
  time: timeCodec(false),
  microTime: timeCodec(true),
  duration,
  quantity,
  intOrString,
  rawExtension: embeddedJson,
  fieldsV1: embeddedJson,
  json: embeddedJson,
  stringItems,
};
