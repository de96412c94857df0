import { deepEqual } from "../../../std/json.ts";
import type { Container, PodSpec, Toleration } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { forbiddenCause, invalidCause } from "../../meta/validation/causes.ts";

const MUTABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`," +
  "`spec.tolerations` (only additions to existing tolerations)," +
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** A Pod's spec stays as it was created but for the few fields that the text names. The text's diff is ours: the fields' names. */
export function podSpecUpdateCauses(spec: PodSpec, old: PodSpec, path: string): FieldCause[] {
  const changed = changedFields(withOldMutables(spec, old), old);
  return [
    ...deadlineCauses(spec, old, `${path}.activeDeadlineSeconds`),
    ...(changed.length === 0 ? [] : [forbiddenCause(path, `${MUTABLE}\nchanged: ${changed.join(", ")}`)]),
  ];
}

/** The new spec with everything that may change set back. */
function withOldMutables(spec: PodSpec, old: PodSpec): PodSpec {
  return {
    ...spec,
    containers: withOldImages(spec.containers, old.containers),
    initContainers: spec.initContainers && withOldImages(spec.initContainers, old.initContainers ?? []),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: onlyAdds(spec.tolerations ?? [], old.tolerations ?? []) ? old.tolerations : spec.tolerations,
    ephemeralContainers: old.ephemeralContainers,
    schedulingGates: old.schedulingGates,
  };
}

function withOldImages(containers: readonly Container[], old: readonly Container[]): Container[] {
  return containers.map((container, i) => ({ ...container, image: old[i]?.image }));
}

function onlyAdds(tolerations: readonly Toleration[], old: readonly Toleration[]): boolean {
  return old.every((one) => tolerations.some((other) => deepEqual({ ...one, tolerationSeconds: 0 }, { ...other, tolerationSeconds: 0 })));
}

function changedFields(spec: PodSpec, old: PodSpec): string[] {
  const fields = new Set([...Object.keys(spec), ...Object.keys(old)]) as Set<keyof PodSpec>;
  return [...fields].filter((field) => !deepEqual(spec[field], old[field])).toSorted();
}

function deadlineCauses(spec: PodSpec, old: PodSpec, field: string): FieldCause[] {
  const { activeDeadlineSeconds: before } = old;
  const { activeDeadlineSeconds: after } = spec;
  if (before === undefined || before === after) return [];
  if (after === undefined) return [invalidCause(field, null, "must not update from a positive integer to nil value")];
  return after > before ? [invalidCause(field, after, `must be less than or equal to previous value`)] : [];
}
