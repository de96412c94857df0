import { deepEqual } from "../../std/json.ts";
import { defaultPodSpec } from "../core/pod-spec/defaults.ts";
import { podSpecCauses } from "../core/pod-spec/validation.ts";
import type { LabelSelector, PodSpec, PodTemplateSpec } from "../k8s/types.generated.ts";
import type { FieldCause } from "../meta/kind.ts";
import { forbiddenCause, invalidCause, notSupportedCause, requiredCause } from "../meta/validation/causes.ts";
import { annotationCauses, labelCauses, selectorCauses, selectorMatches } from "../meta/validation/labels.ts";

export interface Workload {
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplateSpec | undefined;
}

export function emptyTemplate(): PodTemplateSpec {
  return { metadata: {}, spec: { containers: [] } };
}

export function defaultTemplate(template: PodTemplateSpec): void {
  template.metadata ??= {};
  defaultPodSpec((template.spec ??= { containers: [] }));
}

/** What is wrong with the selector and the template of something that makes Pods. `kind` is for texts, e.g. `deployment`. */
export function templateCauses({ selector, template }: Workload, kind: string, path: string): FieldCause[] {
  return [
    ...selectorFieldCauses(selector, kind, `${path}.selector`),
    ...matchCauses({ selector, template }, `${path}.template.metadata.labels`),
    ...labelCauses(template?.metadata?.labels, `${path}.template.labels`),
    ...annotationCauses(template?.metadata?.annotations, `${path}.template.annotations`),
    ...podTemplateCauses(template?.spec ?? { containers: [] }, kind, `${path}.template.spec`),
  ];
}

function selectorFieldCauses(selector: LabelSelector | undefined, kind: string, field: string): FieldCause[] {
  if (selector === undefined) return [requiredCause(field)];
  return isEmpty(selector) ? [invalidCause(field, selector, `empty selector is invalid for ${kind}`)] : selectorCauses(selector, field);
}

function isEmpty(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** No selector picks nothing, an empty one everything. */
function matchCauses({ selector, template }: Workload, field: string): FieldCause[] {
  const labels = template?.metadata?.labels;
  const isMatch = selector !== undefined && selectorMatches(selector, labels);
  return isMatch ? [] : [invalidCause(field, labels ?? null, "`selector` does not match template `labels`")];
}

function podTemplateCauses(spec: PodSpec, kind: string, path: string): FieldCause[] {
  const policy = spec.restartPolicy;
  const name = kind === "deployment" ? "Deployment" : "ReplicaSet";
  return [
    ...podSpecCauses(spec, path),
    ...(policy === "OnFailure" || policy === "Never" ? [notSupportedCause(`${path}.restartPolicy`, policy, ["Always"])] : []),
    ...(spec.activeDeadlineSeconds === undefined
      ? []
      : [forbiddenCause(`${path}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${name} is not Supported`)]),
  ];
}

export function nonNegativeCauses(value: number | undefined, field: string): FieldCause[] {
  return value !== undefined && value < 0 ? [invalidCause(field, value, "must be greater than or equal to 0")] : [];
}

export function selectorChangeCauses(selector: LabelSelector, old: LabelSelector, field: string): FieldCause[] {
  return deepEqual(selector, old) ? [] : [invalidCause(field, selector, "field is immutable")];
}
