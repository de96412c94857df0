/**
 * The OpenAPI v2 document in the protobuf form that kubectl asks for (gnostic's `openapi.v2.Document`). Numbers in this file are
 * the field numbers of those messages; values of extensions travel as YAML, of which JSON is a part.
 */
import protobuf from "protobufjs/minimal.js";
import type { JsonSchema } from "../../../api/meta/schema.ts";
import type { DocumentV2, OperationV2, ParameterV2, PathItemV2 } from "./v2.ts";

type Writer = protobuf.Writer;
type Write = (writer: Writer) => void;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

export function encodeV2(document: DocumentV2): Uint8Array {
  const writer = protobuf.Writer.create();
  text(writer, 1, document.swagger);
  message(writer, 2, (info) => {
    text(info, 1, document.info.title);
    text(info, 2, document.info.version);
  });
  message(writer, 8, (paths) => {
    for (const [path, item] of Object.entries(document.paths)) named(paths, 2, path, (value) => pathItem(value, item));
  });
  message(writer, 9, (definitions) => {
    for (const [name, definition] of Object.entries(document.definitions))
      named(definitions, 1, name, (value) => schema(value, definition));
  });
  return writer.finish();
}

function text(writer: Writer, field: number, value: string | undefined): void {
  if (value !== undefined && value !== "") writer.uint32((field << 3) | BYTES).string(value);
}

function flag(writer: Writer, field: number, value: boolean | undefined): void {
  if (value === true) writer.uint32((field << 3) | VARINT).bool(true);
}

function integer(writer: Writer, field: number, value: number | undefined): void {
  if (value !== undefined) writer.uint32((field << 3) | VARINT).int64(value);
}

function double(writer: Writer, field: number, value: number | undefined): void {
  if (value !== undefined) writer.uint32((field << 3) | FIXED64).double(value);
}

function texts(writer: Writer, field: number, values: readonly string[]): void {
  for (const value of values) text(writer, field, value);
}

function message(writer: Writer, field: number, write: Write): void {
  writer.uint32((field << 3) | BYTES).fork();
  write(writer);
  writer.ldelim();
}

/** A `Named...` message: the pair of a map. */
function named(writer: Writer, field: number, name: string, write: Write): void {
  message(writer, field, (pair) => {
    text(pair, 1, name);
    message(pair, 2, write);
  });
}

function any(writer: Writer, field: number, value: unknown): void {
  message(writer, field, (inner) => text(inner, 2, `${JSON.stringify(value)}\n`));
}

function extensions(writer: Writer, field: number, owner: object): void {
  for (const [name, value] of Object.entries(owner)) {
    if (name.startsWith("x-") && value !== undefined) named(writer, field, name, (inner) => text(inner, 2, `${JSON.stringify(value)}\n`));
  }
}

const METHODS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

function pathItem(writer: Writer, item: PathItemV2): void {
  for (const [method, field] of Object.entries(METHODS) as [keyof typeof METHODS, number][]) {
    const value = item[method];
    if (value !== undefined) message(writer, field, (inner) => operation(inner, value));
  }
  for (const one of item.parameters) message(writer, 9, (inner) => parameter(inner, one));
}

function operation(writer: Writer, value: OperationV2): void {
  texts(writer, 1, value.tags);
  text(writer, 3, value.description);
  text(writer, 5, value.operationId);
  texts(writer, 6, value.produces);
  texts(writer, 7, value.consumes);
  for (const one of value.parameters) message(writer, 8, (inner) => parameter(inner, one));
  message(writer, 9, (responses) => {
    for (const [code, response] of Object.entries(value.responses)) {
      named(responses, 1, code, (outer) => message(outer, 1, (inner) => answer(inner, response)));
    }
  });
  texts(writer, 10, value.schemes);
  extensions(writer, 13, value);
}

function answer(writer: Writer, response: OperationV2["responses"][string]): void {
  text(writer, 1, response.description);
  const body = response.schema;
  if (body !== undefined) message(writer, 2, (item) => message(item, 1, (inner) => schema(inner, body)));
}

/** ParametersItem, Parameter and then one of four messages. */
function parameter(writer: Writer, value: ParameterV2): void {
  message(writer, 1, (outer) => {
    if (value.in === "body") return message(outer, 1, (body) => bodyParameter(body, value));
    const isPath = value.in === "path";
    message(outer, 2, (choice) =>
      message(choice, isPath ? 4 : 3, (inner) => {
        flag(inner, 1, value.required);
        text(inner, 2, value.in);
        text(inner, 3, value.description);
        text(inner, 4, value.name);
        text(inner, isPath ? 5 : 6, value.type);
        flag(inner, isPath ? 18 : 20, value.uniqueItems);
      }),
    );
  });
}

function bodyParameter(writer: Writer, value: ParameterV2 & { readonly in: "body" }): void {
  text(writer, 2, value.name);
  text(writer, 3, value.in);
  flag(writer, 4, value.required);
  message(writer, 5, (inner) => schema(inner, value.schema));
}

function schema(writer: Writer, value: JsonSchema): void {
  text(writer, 1, value.$ref);
  text(writer, 2, value.format);
  text(writer, 4, value.description);
  if (value.default !== undefined) any(writer, 5, value.default);
  double(writer, 7, value.maximum);
  double(writer, 9, value.minimum);
  integer(writer, 11, value.maxLength);
  integer(writer, 12, value.minLength);
  text(writer, 13, value.pattern);
  integer(writer, 14, value.maxItems);
  integer(writer, 15, value.minItems);
  texts(writer, 19, value.required ?? []);
  for (const one of value.enum ?? []) any(writer, 20, one);
  members(writer, value);
  extensions(writer, 31, value);
}

function members(writer: Writer, { additionalProperties: rest, type, items, properties }: JsonSchema): void {
  if (rest !== undefined) {
    message(writer, 21, (inner) =>
      typeof rest === "object" ? message(inner, 1, (child) => schema(child, rest)) : void inner.uint32((2 << 3) | VARINT).bool(rest),
    );
  }
  if (type !== undefined) message(writer, 22, (inner) => text(inner, 1, type));
  if (items !== undefined) message(writer, 23, (inner) => message(inner, 1, (child) => schema(child, items)));
  if (properties === undefined) return;
  message(writer, 25, (inner) => {
    for (const [name, child] of Object.entries(properties)) named(inner, 1, name, (one) => schema(one, child));
  });
}
