import type { ObjectMeta } from "../../meta/object.ts";
import type { RevisionTemplate } from "../revision-spec.ts";
import type { ServingSettings } from "../validation/context.ts";
import { defaultRevisionSpec } from "./revision-spec.ts";

/** A spec with the template that every decoded one has, and a list of containers that is null when there is none. */
export function completeTemplate<T extends { template: RevisionTemplate }>(spec: T | undefined): T {
  const complete = (spec ?? {}) as T;
  const template = (complete.template ??= {} as RevisionTemplate);
  template.metadata ??= {};
  template.spec ??= {} as RevisionTemplate["spec"];
  template.spec.containers ??= null as unknown as RevisionTemplate["spec"]["containers"];
  return complete;
}

/**
 * Completes a template. One that keeps the name that the user gave its revision is left as it is, so that new
 * defaults never look like a change under the same name.
 */
export function defaultTemplate(
  template: RevisionTemplate,
  old: RevisionTemplate | undefined,
  parent: ObjectMeta,
  settings: ServingSettings,
): void {
  const name = template.metadata?.name;
  if (name && name === old?.metadata?.name) return;
  defaultRevisionSpec(template.spec, parent, settings);
}
