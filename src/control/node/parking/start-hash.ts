import { createHash } from "node:crypto";
import type { Pod, PodSpec } from "../../../api/k8s/types.generated.ts";
import { canonicalJson } from "../../../std/json.ts";
import type { EnvEntry } from "../drivers/contract.ts";

/** Everything that decides how a pod's processes start. */
export interface ResolvedStart {
  readonly pod: Pod;
  /** Container name -> digest of its image. */
  readonly digests: ReadonlyMap<string, string>;
  /** Container name -> its environment, without the real port. */
  readonly env: ReadonlyMap<string, readonly EnvEntry[]>;
  /** Volume name -> revision of its shared content. */
  readonly volumes: ReadonlyMap<string, string>;
}

/** Fields of the spec that say where or for whom, not how. */
const OUTSIDE: readonly (keyof PodSpec)[] = [
  "nodeName",
  "terminationGracePeriodSeconds",
  "activeDeadlineSeconds",
  "tolerations",
  "affinity",
  "schedulerName",
  "priority",
  "preemptionPolicy",
];

/** Admission names this volume differently in each pod. */
const TOKEN_VOLUME = /kube-api-access-[a-z0-9]{5}/g;

/** Two pods with the same hash cannot be told apart by their processes. */
export function startHash({ pod, digests, env, volumes }: ResolvedStart): string {
  const spec = Object.fromEntries(Object.entries(pod.spec ?? {}).filter(([field]) => !OUTSIDE.some((outside) => outside === field)));
  const parts = {
    namespace: pod.metadata.namespace,
    spec,
    digests: sorted(digests),
    env: sorted(env),
    volumes: sorted(volumes),
  };
  return createHash("sha256").update(canonicalJson(parts).replaceAll(TOKEN_VOLUME, "kube-api-access")).digest("hex");
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
