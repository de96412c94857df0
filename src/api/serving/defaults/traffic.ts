import type { TrafficTarget } from "../traffic.ts";

/** Says of each target whether it follows the latest revision, and its share if it has none. Changes the targets. */
export function defaultTargets(traffic: readonly TrafficTarget[] | undefined): void {
  for (const target of traffic ?? []) {
    target.latestRevision ??= !target.revisionName;
    target.percent ??= 0;
  }
}
