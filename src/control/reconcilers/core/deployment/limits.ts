import type { Deployment } from "../../../../api/k8s/types.generated.ts";

/** How far a rollout may leave the wanted number of pods, in pods. */
export interface RolloutLimits {
  readonly replicas: number;
  /** Pods beyond `replicas`. */
  readonly maxSurge: number;
  /** Pods fewer than `replicas`. */
  readonly maxUnavailable: number;
}

export function rolloutLimits({ spec }: Deployment): RolloutLimits {
  const replicas = spec?.replicas ?? 1;
  if (spec?.strategy?.type === "Recreate" || replicas === 0) return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = "25%", maxUnavailable = "25%" } = spec?.strategy?.rollingUpdate ?? {};
  const surge = podsOf(maxSurge, replicas, Math.ceil);
  const unavailable = podsOf(maxUnavailable, replicas, Math.floor);
  // With neither, nothing could ever move.
  return { replicas, maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}

function podsOf(value: string | number, replicas: number, round: (x: number) => number): number {
  if (typeof value === "number") return value;
  return round((Number.parseInt(value, 10) * replicas) / 100);
}
