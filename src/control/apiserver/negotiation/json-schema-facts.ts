import type { Row } from "../../../api/k8s/facts.ts";
import type { Codec } from "./wire-codec.ts";
import { expectWireType, readMessage, text, WireType } from "./wire-codec.ts";

const POINTER = { pointer: true };
const ALWAYS = { always: true };

/** Fields of `apiextensions.v1.JSONSchemaProps`, which facts.json keeps as one value. */
export const JSON_SCHEMA_FACTS: Readonly<Record<string, readonly Row[]>> = {
  JSONSchemaProps: [
    ["id", 1, "string"],
    ["$schema", 2, "string"],
    ["$ref", 3, "string", POINTER],
    ["description", 4, "string"],
    ["type", 5, "string"],
    ["format", 6, "string"],
    ["title", 7, "string"],
    ["default", 8, "json", POINTER],
    ["maximum", 9, "double", POINTER],
    ["exclusiveMaximum", 10, "bool"],
    ["minimum", 11, "double", POINTER],
    ["exclusiveMinimum", 12, "bool"],
    ["maxLength", 13, "int64", POINTER],
    ["minLength", 14, "int64", POINTER],
    ["pattern", 15, "string"],
    ["maxItems", 16, "int64", POINTER],
    ["minItems", 17, "int64", POINTER],
    ["uniqueItems", 18, "bool"],
    ["multipleOf", 19, "double", POINTER],
    ["enum", 20, "[]json"],
    ["maxProperties", 21, "int64", POINTER],
    ["minProperties", 22, "int64", POINTER],
    ["required", 23, "[]string"],
    ["items", 24, "schemaOrSchemas", POINTER],
    ["allOf", 25, "[]jsonSchema"],
    ["oneOf", 26, "[]jsonSchema"],
    ["anyOf", 27, "[]jsonSchema"],
    ["not", 28, "jsonSchema", POINTER],
    ["properties", 29, "map:jsonSchema"],
    ["additionalProperties", 30, "schemaOrBool", POINTER],
    ["patternProperties", 31, "map:jsonSchema"],
    ["dependencies", 32, "map:schemaOrStrings"],
    ["additionalItems", 33, "schemaOrBool", POINTER],
    ["definitions", 34, "map:jsonSchema"],
    ["externalDocs", 35, "#ExternalDocumentation", POINTER],
    ["example", 36, "json", POINTER],
    ["nullable", 37, "bool"],
    ["x-kubernetes-preserve-unknown-fields", 38, "bool", POINTER],
    ["x-kubernetes-embedded-resource", 39, "bool"],
    ["x-kubernetes-int-or-string", 40, "bool"],
    ["x-kubernetes-list-map-keys", 41, "[]string"],
    ["x-kubernetes-list-type", 42, "string", POINTER],
    ["x-kubernetes-map-type", 43, "string", POINTER],
    ["x-kubernetes-validations", 44, "[]#ValidationRule"],
  ],
  ExternalDocumentation: [
    ["description", 1, "string"],
    ["url", 2, "string"],
  ],
  ValidationRule: [
    ["rule", 1, "string", ALWAYS],
    ["message", 2, "string"],
    ["messageExpression", 3, "string"],
    ["reason", 4, "string", POINTER],
    ["fieldPath", 5, "string"],
    ["optionalOldSelf", 6, "bool", POINTER],
  ],
};

/** What stands beside a schema in field 1 (or 2) of the three messages that JSON writes as one value. */
interface Choice {
  readonly schemaNumber: number;
  readonly otherNumber: number;
}

/** JSONSchemaPropsOrBool, OrArray and OrStringArray. */
export function schemaChoiceCodecs(schema: () => Codec): Readonly<Record<string, Codec>> {
  const isZero = (value: unknown) => value === undefined;
  const first: Choice = { schemaNumber: 1, otherNumber: 2 };
  return {
    schemaOrBool: { wireType: WireType.bytes, isZero, ...orBool(schema) },
    schemaOrSchemas: { wireType: WireType.bytes, isZero, ...orList(schema, first, schema) },
    schemaOrStrings: { wireType: WireType.bytes, isZero, ...orList(schema, first, undefined) },
  };
}

function orBool(schema: () => Codec): Pick<Codec, "read" | "write"> {
  return {
    read(reader, depth) {
      let value: unknown = false;
      readMessage(reader, depth, (number, wireType, inner) => {
        if (number !== 1 && number !== 2) return false;
        expectWireType(wireType, number === 1 ? WireType.varint : WireType.bytes, "schemaOrBool");
        if (number === 2) value = schema().read(reader, inner);
        else value = typeof value === "object" ? (reader.bool(), value) : reader.bool();
        return true;
      });
      return value;
    },
    write(writer, value) {
      const isSchema = typeof value === "object" && value !== null;
      writer
        .fork()
        .uint32(8)
        .bool(isSchema || value === true);
      if (isSchema) schema().write(writer.uint32(18), value);
      writer.ldelim();
    },
  };
}

/** `items` undefined: the list holds strings. */
function orList(schema: () => Codec, choice: Choice, items: (() => Codec) | undefined): Pick<Codec, "read" | "write"> {
  return {
    read(reader, depth) {
      let single: unknown;
      const list: unknown[] = [];
      readMessage(reader, depth, (number, wireType, inner) => {
        if (number !== choice.schemaNumber && number !== choice.otherNumber) return false;
        expectWireType(wireType, WireType.bytes, "schemaOrList");
        if (number === choice.schemaNumber) single = schema().read(reader, inner);
        else list.push(items === undefined ? text(reader) : items().read(reader, inner));
        return true;
      });
      return single ?? list;
    },
    write(writer, value) {
      writer.fork();
      if (!Array.isArray(value)) schema().write(writer.uint32((choice.schemaNumber << 3) | WireType.bytes), value);
      else for (const item of value) writeItem(writer.uint32((choice.otherNumber << 3) | WireType.bytes), item, items);
      writer.ldelim();
    },
  };
}

function writeItem(writer: Parameters<Codec["write"]>[0], item: unknown, items: (() => Codec) | undefined): void {
  if (items === undefined) writer.string(String(item));
  else items().write(writer, item);
}
