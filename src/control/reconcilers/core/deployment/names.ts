import type { Deployment, PodTemplateSpec } from "../../../../api/k8s/types.generated.ts";
import { canonicalJson } from "../../../../std/json.ts";

export const HASH_LABEL = "pod-template-hash";
export const REVISION_ANNOTATION = "deployment.kubernetes.io/revision";
export const REVISION_HISTORY_ANNOTATION = "deployment.kubernetes.io/revision-history";
export const DESIRED_ANNOTATION = "deployment.kubernetes.io/desired-replicas";
export const MAX_ANNOTATION = "deployment.kubernetes.io/max-replicas";

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** Names the template: equal templates have equal hashes; `collisionCount` makes another one. */
export function podTemplateHash(template: PodTemplateSpec | undefined, collisionCount = 0): string {
  const hash = fnv1a(canonicalJson(template ?? {}) + (collisionCount === 0 ? "" : String(collisionCount)));
  return Array.from(String(hash), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join("");
}

export function replicaSetName(deployment: Deployment, hash: string): string {
  return `${deployment.metadata.name}-${hash}`;
}

/** 32 bits, unsigned. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
