import { fieldError, viaField, type FieldErrors } from "../duck/field-error.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { CONFIGURATION_LABEL } from "../names/labels.ts";
import { deepEqual } from "../../std/json.ts";
import { defaultRevisionSpec } from "./defaults/revision-spec.ts";
import type { Revision } from "./revision.ts";
import { validateAutoscaling } from "./validation/autoscaling-annotations.ts";
import { settingsOf } from "./validation/context.ts";
import { goDiff } from "./validation/go-diff.ts";
import { validateMetadata, validateOwnerLabel } from "./validation/metadata.ts";
import { denied, isRefusedAnyway, missingContainers } from "./validation/refusals.ts";
import { validateRevisionSpec } from "./validation/revision-spec.ts";

export const revisionStrategy: Strategy<Revision> = {
  prepare(draft, context) {
    if (context.operation === "CREATE") delete draft.status;
  },
  default(draft, context) {
    if (context.subresource !== "" || context.operation === "UPDATE") return;
    draft.spec ??= {} as Revision["spec"];
    defaultRevisionSpec(draft.spec, draft.metadata, settingsOf(context));
  },
  validate: (revision, context) => (context.subresource === "" ? validate(revision, context) : undefined),
};

function validate(revision: Revision, context: AdmissionContext): Refusal | undefined {
  if (isRefusedAnyway("Revision", revision, context)) return undefined;
  const { metadata, spec } = revision;
  const noContainers = missingContainers(spec.containers, "spec.containers");
  if (noContainers !== undefined) return noContainers;
  const settings = settingsOf(context);
  const old = context.operation === "UPDATE" ? (context.old as Revision | undefined) : undefined;
  return denied([
    ...viaField("metadata", [...validateMetadata(metadata, true), ...validateOwnerLabel(metadata, CONFIGURATION_LABEL, "Configuration")]),
    ...viaField("metadata.annotations", validateAutoscaling(settings.autoscaler, metadata.annotations)),
    ...(old === undefined ? viaField("spec", validateRevisionSpec(spec, settings)) : immutable(old, revision)),
  ]);
}

function immutable(old: Revision, revision: Revision): FieldErrors {
  if (deepEqual(old.spec, revision.spec)) return [];
  return fieldError("Immutable fields changed (-old +new)", "spec", goDiff("v1.RevisionSpec", old.spec, revision.spec));
}
