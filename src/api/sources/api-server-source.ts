import { Type, type Static } from "typebox";
import { objectSchema } from "../duck/object.ts";
import { sourceColumns, sourceSpecProperties, sourceStatusProperties } from "../duck/source.ts";
import { opaque, optional } from "../duck/typebox.ts";
import { filtersSchema } from "../eventing/filters.ts";
import type { LabelSelector } from "../k8s/types.generated.ts";
import type { Kind } from "../meta/kind.ts";
import { apiServerSourceStrategy } from "./api-server-source-strategy.ts";
import { sourceKind, sourceRef } from "./source-kind.ts";

const resourceSchema = Type.Object({
  apiVersion: optional(Type.String()),
  kind: optional(Type.String()),
  selector: optional(opaque<LabelSelector>()),
});
export type WatchedResource = Static<typeof resourceSchema>;

const specSchema = Type.Object({
  ...sourceSpecProperties,
  filters: optional(filtersSchema),
  mode: optional(Type.String()),
  namespaceSelector: optional(opaque<LabelSelector>()),
  owner: optional(Type.Object({ apiVersion: optional(Type.String()), kind: optional(Type.String()) })),
  resources: optional(Type.Array(resourceSchema)),
  serviceAccountName: optional(Type.String()),
});

const statusSchema = Type.Object({ ...sourceStatusProperties, namespaces: optional(Type.Array(Type.String())) });

const schema = objectSchema(specSchema, statusSchema);
/** `sources.knative.dev/v1 ApiServerSource` */
export type ApiServerSource = Static<typeof schema>;

const PREFIX = "dev.knative.apiserver";
const OPERATIONS = ["add", "update", "delete"];

/** The types of its events in this mode. */
export function apiServerEventTypes(mode: string | undefined): readonly string[] {
  return OPERATIONS.map((operation) => `${PREFIX}.${mode === "Resource" ? "resource" : "ref"}.${operation}`);
}

export const apiServerSourceKind: Kind<ApiServerSource> = sourceKind({
  ref: sourceRef<ApiServerSource>("ApiServerSource", "apiserversources"),
  text: "An ApiServerSource sends an event for each change of the objects it watches.",
  schema,
  columns: sourceColumns<ApiServerSource>(),
  strategy: apiServerSourceStrategy,
  eventTypes: JSON.stringify(
    ["Resource", "Reference"].flatMap((mode) =>
      apiServerEventTypes(mode).map((type) => ({
        type,
        description: `CloudEvent type used for ${type.split(".").at(-1) ?? ""} operations`,
      })),
    ),
  ),
});
