import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { CloudEventOverrides } from "../../api/duck/source.ts";
import type { ApiServerSource } from "../../api/sources/api-server-source.ts";
import type { PingSource } from "../../api/sources/ping-source.ts";
import { CATCH_UP_ANNOTATION } from "../../api/names/kinetic.ts";
import { bytesOfBase64 } from "../../std/base64.ts";
import { DEFAULT_TIMEOUT_MS } from "../delivery/policy.ts";
import { DEFAULT_CONCURRENCY, type Subscription } from "../delivery/subscription.ts";
import { compileFilter, type EventFilter } from "../filter/filter.ts";
import type { NewCursor } from "../journal/contract.ts";
import type { ApiServerSpec, FollowedResource } from "../sources/api-server-source.ts";
import type { SourceIdentity } from "../sources/emitter.ts";
import type { PingSpec } from "../sources/ping-sources.ts";

/** A source's own stream, and what brings its events to the sink. Without a sink they wait. */
export interface SourcePlan {
  readonly cursor: NewCursor;
  readonly subscription?: Subscription;
}

type Source = KubeObject & { readonly status?: { readonly sinkUri?: string | undefined } | undefined };

/** As the default of a Broker's delivery: what a sink does not take within three minutes is parked. */
const POLICY = { retry: 10, timeoutMs: DEFAULT_TIMEOUT_MS, backoffPolicy: "exponential", backoffDelayMs: 200 } as const;
const everything = allOf();

export function planSource({ metadata, status }: Source, kind: KindRef): SourcePlan {
  const { name = "", namespace = "", uid = "" } = metadata;
  const description = { namespace, trigger: `${kind.kind.toLowerCase()}/${name}` };
  const key = { stream: uid, reader: uid };
  const cursor: NewCursor = { cursor: key, at: "oldest", description };
  if (status?.sinkUri === undefined || status.sinkUri === "") return { cursor };
  const subscription: Subscription = {
    cursor: key,
    description,
    filter: everything,
    subscriber: status.sinkUri,
    policy: POLICY,
    order: "unordered",
    afterGivingUp: "continue",
    concurrency: DEFAULT_CONCURRENCY,
  };
  return { cursor, subscription };
}

export function pingSpec({ metadata, spec, status }: PingSource): PingSpec {
  const catchUp = metadata.annotations?.[CATCH_UP_ANNOTATION] === "latest" ? "latest" : "none";
  const last = Date.parse(status?.annotations?.[LAST_SCHEDULE] ?? "");
  const data = spec.dataBase64 ? bytesOfBase64(spec.dataBase64) : spec.data ? new TextEncoder().encode(spec.data) : undefined;
  return {
    ...identity(metadata, spec.ceOverrides),
    schedule: spec.schedule ?? "",
    catchUp,
    ...(spec.timezone ? { timezone: spec.timezone } : {}),
    ...(spec.contentType ? { contentType: spec.contentType } : {}),
    ...(data === undefined ? {} : { data }),
    ...(Number.isNaN(last) ? {} : { lastMs: last }),
  };
}

/** In a PingSource's `status.annotations`: when it fired last, RFC 3339; only kept where it catches up. */
export const LAST_SCHEDULE = "kinetic.dev/last-schedule-time";

export type ApiServerPlan = { readonly kind: "ok"; readonly spec: ApiServerSpec } | { readonly kind: "invalid"; readonly problem: string };

/** `findKind` knows the kinds of the API server. */
export function apiServerSpec(source: ApiServerSource, findKind: (apiVersion: string, kind: string) => KindRef | undefined): ApiServerPlan {
  const { metadata, spec, status } = source;
  const resources: FollowedResource[] = [];
  for (const { apiVersion = "", kind = "", selector } of spec.resources ?? []) {
    const known = findKind(apiVersion, kind);
    if (known === undefined) return { kind: "invalid", problem: `there is no kind ${kind} in ${apiVersion}` };
    const labelSelector = selector === undefined ? {} : { labelSelector: selectorText(selector) };
    for (const namespace of known.namespaced ? (status?.namespaces ?? []) : [""]) {
      resources.push({ kind: known, ...labelSelector, ...(namespace === "" ? {} : { namespace }) });
    }
  }
  const filter = compileFilter({ filters: (spec.filters ?? []) as Parameters<typeof compileFilter>[0]["filters"] & object });
  if (filter.kind === "invalid") return { kind: "invalid", problem: filter.message };
  const { apiVersion, kind } = spec.owner ?? {};
  return {
    kind: "ok",
    spec: {
      ...identity(metadata, spec.ceOverrides),
      mode: spec.mode === "Resource" ? "Resource" : "Reference",
      resources,
      filter: filter.filter,
      ...(apiVersion === undefined || kind === undefined ? {} : { owner: { apiVersion, kind } }),
    },
  };
}

function identity(
  { name = "", namespace = "", uid = "" }: KubeObject["metadata"],
  overrides: CloudEventOverrides | undefined,
): SourceIdentity {
  return { uid, namespace, name, extensions: overrides?.extensions ?? {} };
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined;
}

/** In the words of a list's `labelSelector`. */
export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  });
  return [...labels, ...expressions].join(",");
}

function allOf(): EventFilter {
  const compiled = compileFilter({});
  if (compiled.kind !== "ok") throw new Error("a filter without conditions is valid");
  return compiled.filter;
}
