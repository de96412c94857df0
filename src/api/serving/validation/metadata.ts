import { fieldError, missingField, viaField, type FieldErrors } from "../../duck/field-error.ts";
import type { ObjectMeta } from "../../meta/object.ts";
import { notDns1035 } from "./names.ts";
import { validateObjectAnnotations } from "./serving-annotations.ts";

/** Faults of the metadata of a Service, Configuration, Route or Revision, relative to it. */
export function validateMetadata(metadata: ObjectMeta, allowsAutoscaling = false): FieldErrors {
  return [...nameFaults(metadata), ...(allowsAutoscaling ? [] : validateObjectAnnotations(metadata.annotations))];
}

function nameFaults({ name, generateName }: ObjectMeta): FieldErrors {
  if (generateName) {
    const fault = notDns1035(generateName.replace(/-+$/, ""));
    if (fault !== undefined) return fieldError(fault.replace("label:", "label prefix:"), "generateName");
  }
  if (name) {
    const fault = notDns1035(name);
    return fault === undefined ? [] : fieldError(fault, "name");
  }
  return generateName ? [] : fieldError("name or generateName is required", "name");
}

/** A label that claims an owner needs an owner reference of that kind and name. Relative to the metadata. */
export function validateOwnerLabel(metadata: ObjectMeta, label: string, kind: string): FieldErrors {
  const name = metadata.labels?.[label];
  if (name === undefined) return [];
  const owned = metadata.ownerReferences?.some((owner) => owner.kind === kind && owner.name === name) ?? false;
  return owned ? [] : viaField("labels", missingField(label));
}
