import type { Reader, Writer } from "protobufjs";

/** Protobuf's wire types as far as proto2 messages of Kubernetes use them. */
export const WireType = { varint: 0, double: 1, bytes: 2 } as const;
export type WireType = (typeof WireType)[keyof typeof WireType];

/** Messages within messages; Kubernetes' deepest built-in kind needs about 15, schemas of custom resources more. */
const DEPTH_MAX = 100;

/** How one value of a field type stands on the wire (without its tag) and in JSON. */
export interface Codec {
  readonly wireType: WireType;
  /** The JSON value; undefined when the wire says "nothing". @throws Error for bytes that are no such value */
  read(reader: Reader, depth: number): unknown;
  /** `undefined` writes what Go writes for a value that nobody set. */
  write(writer: Writer, value: unknown): void;
  /** What Go's JSON leaves out with omitempty, and for a struct what has no content. */
  isZero(value: unknown): boolean;
  /** Go leaves an unset value out even where the field is no pointer (slices). */
  readonly nilable?: boolean;
}

/** Wrong bytes from a client, not a defect of ours. */
export class WireError extends Error {}

export function integer(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isSafeInteger(number) ? number : Math.trunc(number) || 0;
}

/** 64-bit integers become numbers, as JSON.parse would make them. */
function toNumber(value: ReturnType<Reader["int64"]>): number {
  return typeof value === "number" ? value : Number(value.toString());
}

const isFalsy = (value: unknown) => value === undefined || value === "" || value === 0 || value === false;

export const scalarCodecs: Readonly<Record<string, Codec>> = {
  string: {
    wireType: WireType.bytes,
    read: (reader) => text(reader),
    write: (writer, value) => void writer.string(typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)),
    isZero: isFalsy,
  },
  bool: {
    wireType: WireType.varint,
    read: (reader) => reader.bool(),
    write: (writer, value) => void writer.bool(value === true),
    isZero: isFalsy,
  },
  int32: {
    wireType: WireType.varint,
    read: (reader) => reader.int32(),
    write: (writer, value) => void writer.int32(integer(value)),
    isZero: isFalsy,
  },
  int64: {
    wireType: WireType.varint,
    read: (reader) => toNumber(reader.int64()),
    write: (writer, value) => void writer.int64(integer(value)),
    isZero: isFalsy,
  },
  double: {
    wireType: WireType.double,
    read: (reader) => reader.double(),
    write: (writer, value) => void writer.double(Number(value ?? 0)),
    isZero: isFalsy,
  },
  bytes: {
    wireType: WireType.bytes,
    read: (reader) => Buffer.from(bytes(reader)).toString("base64"),
    write: (writer, value) => void writer.bytes(Buffer.from(String(value ?? ""), "base64")),
    isZero: isFalsy,
    nilable: true,
  },
};

export function bytes(reader: Reader): Uint8Array {
  const length = reader.uint32();
  if (reader.pos + length > reader.len) throw new WireError("unexpected EOF");
  const start = reader.pos;
  reader.pos += length;
  return reader.buf.subarray(start, reader.pos);
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function text(reader: Reader): string {
  return utf8.decode(bytes(reader));
}

/** Calls `onField` for each field of the length-delimited message that begins here; it reads the field or answers false. */
export function readMessage(reader: Reader, depth: number, onField: (number: number, wireType: number, depth: number) => boolean): void {
  const length = reader.uint32();
  readFields(reader, reader.pos + length, depth + 1, onField);
}

export function readFields(
  reader: Reader,
  end: number,
  depth: number,
  onField: (number: number, wireType: number, depth: number) => boolean,
): void {
  if (depth > DEPTH_MAX) throw new WireError("exceeded maximum message depth");
  if (end > reader.len) throw new WireError("unexpected EOF");
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!onField(tag >>> 3, tag & 7, depth)) skip(reader, tag);
  }
  if (reader.pos !== end) throw new WireError("unexpected EOF");
}

/** Kubernetes has no groups; skipping them would recurse as deep as the sender likes. */
function skip(reader: Reader, tag: number): void {
  const wireType = tag & 7;
  if (tag >>> 3 === 0) throw new WireError(`proto: illegal tag 0 (wire type ${wireType})`);
  if (wireType === 3 || wireType === 4) throw new WireError(`proto: illegal wireType ${wireType}`);
  if (wireType === WireType.bytes) bytes(reader);
  else reader.skipType(wireType);
}

export function expectWireType(actual: number, expected: WireType, field: string): void {
  if (actual !== expected) throw new WireError(`proto: wrong wireType = ${actual} for field ${field}`);
}

/** Sets a member as JSON.parse would: `__proto__` is a key like any other. */
export function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
