import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { randomSuffix, type Random } from "../../../std/random.ts";

const MAX_GENERATED_PREFIX = 58;

/** What the server alone says about a new object: name, uid, times; what only it may set is dropped. */
export function fillNewMetadata(draft: KubeObject, kind: Kind, options: { readonly now: number; readonly random: Random }): void {
  const metadata = draft.metadata;
  if (!metadata.name && metadata.generateName)
    metadata.name = metadata.generateName.slice(0, MAX_GENERATED_PREFIX) + randomSuffix(options.random);
  metadata.uid = newUid(options.random);
  metadata.creationTimestamp = rfc3339(options.now);
  if (kind.generation === "spec") metadata.generation = 1;
  else delete metadata.generation;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  delete metadata.selfLink;
}

/** What an update may not change stays as it was. `uid` is compared elsewhere. */
export function keepMetadata(draft: KubeObject, old: KubeObject): void {
  const metadata = draft.metadata as Record<string, unknown>;
  for (const field of [
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "namespace",
    "name",
  ] as const) {
    if (old.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = old.metadata[field];
  }
  draft.metadata.uid ??= old.metadata.uid;
  if (old.metadata.generateName !== undefined) draft.metadata.generateName ??= old.metadata.generateName;
  delete draft.metadata.selfLink;
}

/** A random (version 4) UUID. */
export function newUid(random: Random): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}
