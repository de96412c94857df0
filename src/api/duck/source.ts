import { Type, type Static, type TProperties } from "typebox";
import type { KubeObject } from "../meta/object.ts";
import type { Column } from "../meta/kind.ts";
import { column, createdColumn, readyColumn, reasonColumn } from "./columns.ts";
import { destinationSchema } from "./destination.ts";
import { fieldError, viaField, type FieldErrors } from "./field-error.ts";
import { authStatusProperties, statusProperties } from "./status.ts";
import { optional, stringMap } from "./typebox.ts";

const overridesSchema = Type.Object({ extensions: optional(stringMap()) });
/** `duckv1.CloudEventOverrides`: attributes that each event gets. */
export type CloudEventOverrides = Static<typeof overridesSchema>;

/** What every source says (`duckv1.SourceSpec`). Spread into the properties of a spec. */
export const sourceSpecProperties = { ceOverrides: optional(overridesSchema), sink: optional(destinationSchema) };

/** `duckv1.SourceStatus`. Spread into the properties of a status. */
export const sourceStatusProperties = {
  ...statusProperties,
  ...authStatusProperties,
  ceAttributes: optional(Type.Array(Type.Object({ source: optional(Type.String()), type: optional(Type.String()) }))),
  sinkAudience: optional(Type.String()),
  sinkCACerts: optional(Type.String()),
  sinkUri: optional(Type.String()),
} satisfies TProperties;

const sourceStatusSchema = Type.Object(sourceStatusProperties);
export type SourceStatus = Static<typeof sourceStatusSchema>;

type WithSink = KubeObject & { readonly status?: SourceStatus | undefined };

export function sourceColumns<T extends WithSink>(): Column<T>[] {
  return [column("Sink", ".status.sinkUri", (source) => source.status?.sinkUri), createdColumn(), readyColumn(), reasonColumn()];
}

const EXTENSION = /^[a-z0-9]{1,20}$/;

/** Relative to the spec. */
export function validateOverrides(overrides: CloudEventOverrides | undefined): FieldErrors {
  const names = Object.keys(overrides?.extensions ?? {});
  const empty = names.some((name) => name === "");
  const wrong = names.filter((name) => name !== "" && !EXTENSION.test(name));
  const rule = "keys MUST consist of lower-case letters ('a' to 'z') or digits ('0' to '9') from the ASCII character set";
  return viaField("ceOverrides.extensions", [
    ...(empty ? fieldError('invalid key name ""', "", "keys MUST NOT be empty") : []),
    ...wrong.flatMap((name) => fieldError(`invalid key name ${JSON.stringify(name)}`, `[${name}]`, rule)),
  ]);
}
