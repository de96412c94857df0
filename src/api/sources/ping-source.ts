import { Type, type Static } from "typebox";
import { column } from "../duck/columns.ts";
import { objectSchema } from "../duck/object.ts";
import { sourceColumns, sourceSpecProperties, sourceStatusProperties } from "../duck/source.ts";
import { optional } from "../duck/typebox.ts";
import type { Kind } from "../meta/kind.ts";
import { pingSourceStrategy } from "./ping-source-strategy.ts";
import { sourceKind, sourceRef } from "./source-kind.ts";

const specSchema = Type.Object({
  ...sourceSpecProperties,
  contentType: optional(Type.String()),
  data: optional(Type.String()),
  dataBase64: optional(Type.String()),
  schedule: optional(Type.String()),
  timezone: optional(Type.String()),
});

const statusSchema = Type.Object(sourceStatusProperties);
const schema = objectSchema(specSchema, statusSchema);
/** `sources.knative.dev/v1 PingSource`, and v1beta2, which is the same. */
export type PingSource = Static<typeof schema>;

export const PING_EVENT_TYPE = "dev.knative.sources.ping";

/** The `source` of its events. */
export function pingEventSource(namespace: string, name: string): string {
  return `/apis/v1/namespaces/${namespace}/pingsources/${name}`;
}

const EVENT_TYPES = JSON.stringify([
  { type: PING_EVENT_TYPE, description: "CloudEvent type for fixed payloads on a specified cron schedule" },
]);

function columns(): Kind<PingSource>["columns"] {
  const [sink, ...rest] = sourceColumns<PingSource>();
  const schedule = column<PingSource>("Schedule", ".spec.schedule", ({ spec }) => spec.schedule);
  return sink === undefined ? [] : [sink, schedule, ...rest];
}

function versionOf(version: string): Kind<PingSource> {
  return sourceKind({
    ref: sourceRef<PingSource>("PingSource", "pingsources", version),
    text: "A PingSource sends a fixed event at the times of a schedule.",
    schema,
    columns: columns(),
    strategy: pingSourceStrategy,
    eventTypes: EVENT_TYPES,
  });
}

export const pingSourceKind: Kind<PingSource> = versionOf("v1");

export const pingSourceV1Beta2Kind: Kind<PingSource> = {
  ...versionOf("v1beta2"),
  storedAs: {
    kind: pingSourceKind,
    toStored: (object) => ({ ...object, apiVersion: "sources.knative.dev/v1" }),
    fromStored: (stored) => ({ ...(stored as PingSource), apiVersion: "sources.knative.dev/v1beta2" }),
  },
};
