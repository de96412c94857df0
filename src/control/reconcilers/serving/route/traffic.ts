import type { Configuration } from "../../../../api/serving/configuration.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import type { Route } from "../../../../api/serving/route.ts";
import type { TargetFault } from "../../../../api/serving/route-lifecycle.ts";
import type { TrafficTarget } from "../../../../api/serving/traffic.ts";
import { SERVICE_LABEL } from "../../../../api/names/labels.ts";
import { hasFailed, isReady } from "../shared/conditions.ts";
import type { RevisionShare, Rollout } from "./rollout.ts";

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
export function splitsOf(targets: readonly ResolvedTarget[], rollout: Rollout, tag: string): readonly RevisionShare[] {
  if (tag === "") return sumOf(withRollout(targets, rollout));
  return targets
    .filter((target) => target.tag === tag)
    .flatMap(({ configurationName, revisionName }) => sharesOf(rollout, configurationName, tag) ?? [{ revisionName, percent: 100 }]);
}

/** The targets as the rollout has them now: one that follows a Configuration may be several revisions, the newest last. */
export function withRollout(targets: readonly ResolvedTarget[], rollout: Rollout): readonly ResolvedTarget[] {
  const pools = new Map<string, RevisionShare[]>();
  return targets.flatMap((target) => {
    const { configurationName = "" } = target;
    const pool = pools.get(configurationName) ?? [...(sharesOf(rollout, configurationName, undefined) ?? [])];
    pools.set(configurationName, pool);
    return drawFrom(pool, target);
  });
}

/** One row for each revision that the target's percent is drawn from. Its tag stays with the newest revision. */
function drawFrom(pool: RevisionShare[], target: ResolvedTarget): ResolvedTarget[] {
  const rows: ResolvedTarget[] = [];
  let rest = target.percent;
  while (rest > 0 && pool[0] !== undefined) {
    const { revisionName, percent } = pool[0];
    const drawn = Math.min(rest, percent);
    if (drawn === percent) pool.shift();
    else pool[0] = { revisionName, percent: percent - drawn };
    rows.push({ ...target, revisionName, percent: drawn, tag: revisionName === target.revisionName ? target.tag : "" });
    rest -= drawn;
  }
  const hasNewest = rows.some(({ revisionName }) => revisionName === target.revisionName);
  return hasNewest ? rows : [...rows, { ...target, percent: rest }];
}

function sharesOf(rollout: Rollout, configuration: string | undefined, tag: string | undefined): readonly RevisionShare[] | undefined {
  return rollout.find((one) => one.configurationName === configuration && one.tag === tag)?.revisions;
}

function sumOf(targets: readonly ResolvedTarget[]): readonly RevisionShare[] {
  const shares = new Map<string, number>();
  for (const { revisionName, percent } of targets) if (percent > 0) shares.set(revisionName, (shares.get(revisionName) ?? 0) + percent);
  return [...shares].map(([revisionName, percent]) => ({ revisionName, percent }));
}
