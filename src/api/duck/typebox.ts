import { Type, type Static, type TOptional, type TSchema, type TUnsafe } from "typebox";
import { deepClone } from "../../std/json.ts";
import { schemaRef, type JsonSchema } from "../meta/schema.ts";

/** An optional member; assigning undefined to it is the same as leaving it out. */
export function optional<S extends TSchema>(schema: S): TOptional<TUnsafe<Static<S> | undefined>> {
  return Type.Optional(Type.Unsafe<Static<S> | undefined>(schema));
}

/** A value of another definition, e.g. `io.k8s.api.core.v1.Volume`. */
export function ref<T>(definition: string): TUnsafe<T> {
  return Type.Unsafe<T>({ ...schemaRef(definition) });
}

export function stringMap(): TUnsafe<Record<string, string>> {
  return Type.Unsafe<Record<string, string>>({ type: "object", additionalProperties: { type: "string" } });
}

/** An object whose members the schema does not describe. */
export function opaque<T>(): TUnsafe<T> {
  return Type.Unsafe<T>({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
}

export function int32(): TUnsafe<number> {
  return Type.Unsafe<number>({ type: "integer", format: "int32" });
}

export function int64(): TUnsafe<number> {
  return Type.Unsafe<number>({ type: "integer", format: "int64" });
}

export function intOrString(): TUnsafe<number | string> {
  return Type.Unsafe<number | string>({ "x-kubernetes-int-or-string": true });
}

/** One of some texts. */
export function choice<const T extends readonly string[]>(values: T): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values] });
}

/** The schema as the API server reads it: plain JSON without typebox's own marks. */
export function toJsonSchema(schema: TSchema): JsonSchema {
  return deepClone(schema) as JsonSchema;
}
