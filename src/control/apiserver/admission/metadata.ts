import type { FieldCause, Kind } from "../../../api/meta/kind.ts";
import type { KubeObject, ObjectMeta } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { randomSuffix, type Random } from "../../../std/random.ts";
import { dns1035Problem, dnsLabelProblem, labelValueProblem, pathSegmentProblem, qualifiedNameProblem, subdomainProblem } from "./names.ts";

const MAX_GENERATED_PREFIX = 58;
const MAX_ANNOTATIONS_SIZE = 256 * 1024;

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

/** Problems of an object's metadata, in Kubernetes' order and words. */
export function metadataCauses(kind: Kind, object: KubeObject, old: KubeObject | undefined): FieldCause[] {
  const { metadata } = object;
  const causes = [...nameCauses(kind, metadata), ...mapCauses(metadata), ...ownerCauses(metadata), ...finalizerCauses(metadata)];
  return old === undefined ? causes : [...causes, ...changeCauses(metadata, old.metadata)];
}

function nameCauses(kind: Kind, metadata: ObjectMeta): FieldCause[] {
  if (!metadata.name)
    return [{ reason: "FieldValueRequired", message: "Required value: name or generateName is required", field: "metadata.name" }];
  const problem = nameRule(kind)(metadata.name);
  return problem === undefined ? [] : [invalidValue("metadata.name", metadata.name, problem)];
}

function nameRule(kind: Kind): (name: string) => string | undefined {
  if (kind.group === "rbac.authorization.k8s.io") return pathSegmentProblem;
  if (kind.group === "" && kind.kind === "Namespace") return dnsLabelProblem;
  if (kind.group === "" && kind.kind === "Service") return dns1035Problem;
  return subdomainProblem;
}

function mapCauses({ labels = {}, annotations = {} }: ObjectMeta): FieldCause[] {
  const causes: FieldCause[] = [];
  for (const [key, value] of Object.entries(labels)) {
    const keyProblem = qualifiedNameProblem(key);
    if (keyProblem !== undefined) causes.push(invalidValue("metadata.labels", key, keyProblem));
    const problem = labelValueProblem(value);
    if (problem !== undefined) causes.push(invalidValue("metadata.labels", value, problem));
  }
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== undefined) causes.push(invalidValue("metadata.annotations", key, problem));
    size += key.length + value.length;
  }
  if (size > MAX_ANNOTATIONS_SIZE) {
    causes.push({
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${MAX_ANNOTATIONS_SIZE} bytes`,
      field: "metadata.annotations",
    });
  }
  return causes;
}

function ownerCauses({ ownerReferences = [] }: ObjectMeta): FieldCause[] {
  return ownerReferences.flatMap((owner, i) =>
    (["apiVersion", "kind", "name", "uid"] as const)
      .filter((field) => !owner[field])
      .map((field) =>
        invalidValue(`metadata.ownerReferences[${i}].${field}`, "", `${field === "apiVersion" ? "version" : field} must not be empty`),
      ),
  );
}

function finalizerCauses({ finalizers = [] }: ObjectMeta): FieldCause[] {
  return finalizers.flatMap((finalizer) => {
    const problem = qualifiedNameProblem(finalizer);
    return problem === undefined ? [] : [invalidValue("metadata.finalizers", finalizer, problem)];
  });
}

function changeCauses(metadata: ObjectMeta, old: ObjectMeta): FieldCause[] {
  const causes: FieldCause[] = [];
  if (metadata.uid !== old.uid) causes.push(invalidValue("metadata.uid", metadata.uid ?? "", "field is immutable"));
  const added = (metadata.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
  if (old.deletionTimestamp !== undefined && added.length > 0) {
    const list = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(", ")}}`;
    const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
    causes.push({ reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field: "metadata.finalizers" });
  }
  return causes;
}

export function invalidValue(field: string, value: unknown, why: string): FieldCause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
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
