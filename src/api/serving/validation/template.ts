import { disallowedFields, fieldError, invalidValue, viaField, type FieldErrors } from "../../duck/field-error.ts";
import type { ObjectMeta } from "../../meta/object.ts";
import { deepEqual } from "../../../std/json.ts";
import type { RevisionTemplate } from "../revision-spec.ts";
import { validateAutoscaling } from "./autoscaling-annotations.ts";
import type { ServingSettings } from "./context.ts";
import { goDiff } from "./go-diff.ts";
import { notDns1035 } from "./names.ts";
import { validateRevisionSpec } from "./revision-spec.ts";
import { validateProgressDeadline, validateSidecarAnnotations } from "./serving-annotations.ts";

/** Faults of `spec.template`, relative to it. `parent` is the metadata of the Service or Configuration. */
export function validateTemplate(template: RevisionTemplate, parent: ObjectMeta, settings: ServingSettings): FieldErrors {
  const annotations = template.metadata?.annotations;
  return [
    ...viaField("spec", validateRevisionSpec(template.spec, settings)),
    ...viaField("metadata", nameFaults(template.metadata?.name, parent)),
    ...viaField("metadata.annotations", [
      ...validateAutoscaling(settings.autoscaler, annotations),
      ...validateSidecarAnnotations(annotations),
      ...validateProgressDeadline(annotations),
    ]),
  ];
}

function nameFaults(name: string | undefined, parent: ObjectMeta): FieldErrors {
  if (!name) return [];
  const fault = notDns1035(name);
  if (fault !== undefined) return invalidValue(fault, "name");
  if (!parent.name && parent.generateName) return disallowedFields("name");
  const prefix = `${parent.name ?? ""}-`;
  return name.startsWith(prefix) ? [] : invalidValue(`${JSON.stringify(name)} must have prefix ${JSON.stringify(prefix)}`, "name");
}

/** A name that the user chose belongs to one template for ever. Relative to the template. */
export function validateNameChange(template: RevisionTemplate, old: RevisionTemplate): FieldErrors {
  const name = template.metadata?.name;
  if (!name || name !== old.metadata?.name || deepEqual(template, old)) return [];
  return fieldError(
    "Saw the following changes without a name change (-old +new)",
    "metadata.name",
    goDiff("*v1.RevisionTemplateSpec", old, template),
  );
}
