import type { Configuration } from "../../../../api/serving/configuration.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import type { Route } from "../../../../api/serving/route.ts";
import type { TargetFault } from "../../../../api/serving/route-lifecycle.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import { SERVICE_LABEL } from "../../../../api/names/labels.ts";
import { hasFailed, isReady } from "../shared/conditions.ts";

/** One target with the revision that it means now. */
export interface ResolvedTarget {
  readonly revisionName: string;
  /** Undefined for targets that name a revision. */
  readonly configurationName: string | undefined;
  readonly percent: number;
  readonly tag: string;
  readonly latestRevision: boolean;
}

export type Resolution =
  | { readonly kind: "ok"; readonly targets: readonly ResolvedTarget[] }
  | { readonly kind: "fault"; readonly fault: TargetFault };

/** Where targets are looked up, in the route's namespace. */
export interface TrafficWorld {
  configuration(name: string): Configuration | undefined;
  revision(name: string): Revision | undefined;
}

/** The revisions that a route's traffic means; all of them or the first fault. */
export function resolveTraffic(route: Route, world: TrafficWorld): Resolution {
  const service = route.metadata.labels?.[SERVICE_LABEL];
  const targets: ResolvedTarget[] = [];
  for (const target of route.spec.traffic ?? []) {
    const resolved = target.configurationName
      ? viaConfiguration(target, target.configurationName, world)
      : viaRevision(target, service, world);
    if ("kind" in resolved) return { kind: "fault", fault: resolved };
    targets.push(resolved);
  }
  return { kind: "ok", targets };
}

function viaConfiguration(target: TrafficTarget, name: string, world: TrafficWorld): ResolvedTarget | TargetFault {
  const configuration = world.configuration(name);
  if (configuration === undefined) return { kind: "missing", target: "Configuration", name };
  const revisionName = configuration.status?.latestReadyRevisionName;
  if (!revisionName) return { kind: "unready", target: "Configuration", name, failed: hasFailed(configuration) };
  if (world.revision(revisionName) === undefined) return { kind: "missing", target: "Revision", name: revisionName };
  return { ...shares(target), revisionName, configurationName: name, latestRevision: true };
}

function viaRevision(target: TrafficTarget, service: string | undefined, world: TrafficWorld): ResolvedTarget | TargetFault {
  const { revisionName: name = "" } = target;
  const revision = world.revision(name);
  if (revision === undefined) return { kind: "missing", target: "Revision", name };
  const owner = revision.metadata.labels?.[SERVICE_LABEL];
  if (service !== undefined && owner !== undefined && owner !== service) return { kind: "notOwned", name, service };
  if (!isReady(revision)) return { kind: "unready", target: "Revision", name, failed: hasFailed(revision) };
  return { ...shares(target), revisionName: name, configurationName: undefined, latestRevision: false };
}

function shares({ percent = 0, tag = "" }: TrafficTarget): Pick<ResolvedTarget, "percent" | "tag"> {
  return { percent, tag };
}

/** Tags in use, sorted; "" stands for the route itself and comes first. */
export function tagsOf(targets: readonly ResolvedTarget[]): readonly string[] {
  const tags = new Set(targets.map(({ tag }) => tag).filter((tag) => tag !== ""));
  return ["", ...[...tags].toSorted()];
}

/** The shares behind one tag (all of the traffic for ""), one a revision, without those that get nothing. */
export function splitsOf(
  targets: readonly ResolvedTarget[],
  tag: string,
): readonly { readonly revisionName: string; readonly percent: number }[] {
  if (tag !== "") return targets.filter((target) => target.tag === tag).map(({ revisionName }) => ({ revisionName, percent: 100 }));
  const shares = new Map<string, number>();
  for (const { revisionName, percent } of targets) if (percent > 0) shares.set(revisionName, (shares.get(revisionName) ?? 0) + percent);
  return [...shares].map(([revisionName, percent]) => ({ revisionName, percent }));
}
