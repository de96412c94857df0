/** Messages of Kubernetes' built-in kinds, compiled from the tables of facts when first used. */
import type { Reader, Writer } from "protobufjs";
import { FACTS, type Marks, type Row } from "../../../api/k8s/facts.ts";
import { isRecord } from "../../../std/json.ts";
import { JSON_SCHEMA_FACTS, schemaChoiceCodecs } from "./json-schema-facts.ts";
import type { Codec } from "./wire-codec.ts";
import { expectWireType, put, readFields, readMessage, scalarCodecs, WireError, WireType } from "./wire-codec.ts";
import { valueCodecs } from "./wire-values.ts";

/** `pointer`: absent and empty differ. `always`: JSON shows the empty value. `omitted`: JSON leaves it out. */
type Presence = "pointer" | "always" | "omitted";

interface Field {
  readonly name: string;
  readonly number: number;
  readonly shape: "one" | "list" | "map" | "inline";
  readonly codec: Codec;
  readonly presence: Presence;
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

export class MessageCodec implements Codec {
  readonly wireType = WireType.bytes;
  readonly #makeFields: () => Field[];
  #byNumber: ReadonlyMap<number, Field> | undefined;

  constructor(rows: readonly Row[]) {
    this.#makeFields = () => makeFields(rows);
  }

  read(reader: Reader, depth: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    readMessage(reader, depth, (number, wireType, inner) => this.#readField(record, reader, { number, wireType, depth: inner }));
    return record;
  }

  /** A message without a length before it, up to `end`. */
  readRoot(reader: Reader, end: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    readFields(reader, end, 0, (number, wireType, depth) => this.#readField(record, reader, { number, wireType, depth }));
    return record;
  }

  write(writer: Writer, value: unknown): void {
    writer.fork();
    this.writeRoot(writer, value);
    writer.ldelim();
  }

  writeRoot(writer: Writer, value: unknown): void {
    const record = isRecord(value) ? value : {};
    for (const field of this.#fields().values()) writeField(writer, field, record);
  }

  isZero(value: unknown): boolean {
    return !isRecord(value) || Object.keys(value).length === 0;
  }

  #fields(): ReadonlyMap<number, Field> {
    this.#byNumber ??= new Map(this.#makeFields().map((field) => [field.number, field]));
    return this.#byNumber;
  }

  #readField(record: Record<string, unknown>, reader: Reader, at: Position): boolean {
    const field = this.#fields().get(at.number);
    if (field === undefined) return false;
    if (field.shape === "list") return readItem(record, field, reader, at);
    expectWireType(at.wireType, field.shape === "one" ? field.codec.wireType : WireType.bytes, field.name);
    if (field.shape === "inline") Object.assign(record, field.codec.read(reader, at.depth));
    else if (field.shape === "map") readEntry(record, field, reader, at);
    else setValue(record, field, field.codec.read(reader, at.depth));
    return true;
  }
}

interface Position {
  readonly number: number;
  readonly wireType: number;
  readonly depth: number;
}

function setValue(record: Record<string, unknown>, field: Field, value: unknown): void {
  if (value === undefined || (field.presence === "omitted" && field.codec.isZero(value))) return;
  record[field.name] = value;
}

function readItem(record: Record<string, unknown>, field: Field, reader: Reader, at: Position): true {
  const items = (record[field.name] ??= []) as unknown[];
  if (at.wireType === WireType.bytes && field.codec.wireType !== WireType.bytes) return readPacked(items, field, reader, at.depth);
  expectWireType(at.wireType, field.codec.wireType, field.name);
  items.push(field.codec.read(reader, at.depth) ?? null);
  return true;
}

function readPacked(items: unknown[], field: Field, reader: Reader, depth: number): true {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new WireError("unexpected EOF");
  while (reader.pos < end) items.push(field.codec.read(reader, depth));
  return true;
}

function readEntry(record: Record<string, unknown>, field: Field, reader: Reader, at: Position): void {
  let key = "";
  let value: unknown;
  readMessage(reader, at.depth, (number, wireType, depth) => {
    if (number !== 1 && number !== 2) return false;
    const codec = number === 1 ? STRING : field.codec;
    expectWireType(wireType, codec.wireType, field.name);
    const found = codec.read(reader, depth);
    if (number === 1) key = String(found);
    else value = found;
    return true;
  });
  put((record[field.name] ??= {}) as Record<string, unknown>, key, value ?? (field.codec instanceof MessageCodec ? {} : ""));
}

const STRING = scalarCodecs["string"] as Codec;

function writeField(writer: Writer, field: Field, record: Record<string, unknown>): void {
  const value = field.shape === "inline" ? record : (record[field.name] ?? undefined);
  const tag = (field.number << 3) | (field.shape === "one" || field.shape === "list" ? field.codec.wireType : WireType.bytes);
  if (field.shape === "list") return writeItems(writer, field.codec, tag, value);
  if (field.shape === "map") return writeEntries(writer, field.codec, tag, value);
  const absent = field.presence === "pointer" || field.codec.nilable === true;
  if (value === undefined && absent) return;
  field.codec.write(writer.uint32(tag >>> 0), value);
}

function writeItems(writer: Writer, codec: Codec, tag: number, value: unknown): void {
  for (const item of Array.isArray(value) ? value : []) codec.write(writer.uint32(tag), item);
}

/** Sorted by key, as Go writes them. */
function writeEntries(writer: Writer, codec: Codec, tag: number, value: unknown): void {
  if (!isRecord(value)) return;
  for (const key of Object.keys(value).toSorted()) {
    writer.uint32(tag).fork().uint32(10).string(key);
    codec.write(writer.uint32((2 << 3) | codec.wireType), value[key]);
    writer.ldelim();
  }
}

function makeFields(rows: readonly Row[]): Field[] {
  return rows
    .filter(([, number]) => number > 0)
    .map(makeField)
    .toSorted((a, b) => a.number - b.number);
}

function makeField([name, number, type, marks]: Row): Field {
  const presence = presenceOf(marks);
  if (marks?.inline === true) return { name, number, shape: "inline", codec: codecOf(type), presence };
  if (type.startsWith("[]")) return { name, number, shape: "list", codec: codecOf(type.slice(2)), presence };
  if (type.startsWith("map:")) return { name, number, shape: "map", codec: codecOf(type.slice(4)), presence };
  return { name, number, shape: "one", codec: codecOf(type), presence };
}

function presenceOf(marks: Marks | undefined): Presence {
  if (marks?.pointer) return "pointer";
  return marks?.always || marks?.required ? "always" : "omitted";
}

const messages = new Map<string, MessageCodec>();
const choices = schemaChoiceCodecs(() => messageCodec("JSONSchemaProps"));

function codecOf(type: string): Codec {
  if (type.startsWith("#")) return messageCodec(type.slice(1));
  if (type === "jsonSchema") return messageCodec("JSONSchemaProps");
  const codec = scalarCodecs[type] ?? valueCodecs[type] ?? choices[type] ?? (type === "[]string" ? valueCodecs["stringItems"] : undefined);
  if (codec === undefined) throw new Error(`facts.json has a type that has no wire form: ${type}`);
  return codec;
}

/** The codec of a definition such as `io.k8s.api.core.v1.Pod`, or of its list `io.k8s.api.core.v1.PodList`. */
export function messageCodec(definition: string): MessageCodec {
  const known = messages.get(definition);
  if (known !== undefined) return known;
  const rows = FACTS[definition] ?? JSON_SCHEMA_FACTS[definition] ?? listRows(definition);
  const codec = new MessageCodec(rows);
  messages.set(definition, codec);
  return codec;
}

function listRows(definition: string): readonly Row[] {
  const item = definition.replace(/List$/, "");
  if (item === definition || FACTS[item] === undefined) throw new Error(`no facts about ${definition}`);
  return [
    ["metadata", 1, `#${META}ListMeta`],
    ["items", 2, `[]#${item}`],
  ];
}
