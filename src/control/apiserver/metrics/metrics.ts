import { groupResource } from "../../../api/meta/kind.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import { METRICS_TYPE, metricsText, type MetricFamily } from "../../../std/metrics.ts";
import type { Core } from "../core.ts";
import type { VersionInfo } from "../discovery/health.ts";
import { textReply } from "../http/respond.ts";
import { processMetrics } from "./process-metrics.ts";
import type { RequestMetrics } from "./request-metrics.ts";

export interface MetricsSources {
  readonly requests: RequestMetrics;
  readonly core: Core;
  readonly version: VersionInfo;
  /** Of the server, epoch milliseconds. */
  readonly startedAt: number;
}

/** The answer to `GET /metrics`. */
export function metricsReply({ requests, core, version, startedAt }: MetricsSources): ApiReply {
  const families = [...requests.families(), storageObjects(core), buildInfo(version), ...processMetrics(startedAt)];
  return textReply(metricsText(families), METRICS_TYPE);
}

/** Kinds in several versions, or shown as others, are stored once; reviews never. */
function storageObjects({ kinds, resources }: Core): MetricFamily {
  const stored = kinds.all.filter(({ storedAs, verbs }) => storedAs === undefined && (verbs?.includes("list") ?? true));
  const byResource = new Map(stored.map((kind) => [groupResource(kind), kind]));
  return {
    name: "apiserver_storage_objects",
    type: "gauge",
    help: "Objects that are stored, by resource.",
    samples: () => Array.from(byResource, ([resource, kind]) => ({ labels: { resource }, value: resources.cache.of(kind).size })),
  };
}

function buildInfo({
  buildDate,
  compiler,
  gitCommit,
  gitTreeState,
  gitVersion,
  goVersion,
  major,
  minor,
  platform,
}: VersionInfo): MetricFamily {
  const labels = {
    build_date: buildDate,
    compiler,
    git_commit: gitCommit,
    git_tree_state: gitTreeState,
    git_version: gitVersion,
    go_version: goVersion,
    major,
    minor,
    platform,
  };
  const help = "A constant 1, labelled with what /version says.";
  return { name: "kubernetes_build_info", type: "gauge", help, samples: () => [{ labels, value: 1 }] };
}
