import { Type, type Static } from "typebox";
import { int64, optional } from "../duck/typebox.ts";
import { podSpecProperties } from "./pod-spec-schema.ts";
import type { ObjectMeta } from "../meta/object.ts";

/** A PodSpec with what Knative adds. Times are in seconds. */
export const revisionSpecSchema = Type.Object({
  ...podSpecProperties,
  containerConcurrency: optional(int64()),
  idleTimeoutSeconds: optional(int64()),
  responseStartTimeoutSeconds: optional(int64()),
  timeoutSeconds: optional(int64()),
});
export type RevisionSpec = Static<typeof revisionSpecSchema>;

/** The members that are Knative's own, not a PodSpec's. */
export const REVISION_OWN_FIELDS = ["containerConcurrency", "idleTimeoutSeconds", "responseStartTimeoutSeconds", "timeoutSeconds"] as const;

const templateMetaSchema = Type.Unsafe<ObjectMeta>({
  type: "object",
  properties: {
    annotations: { type: "object", additionalProperties: { type: "string" } },
    finalizers: { type: "array", items: { type: "string" } },
    labels: { type: "object", additionalProperties: { type: "string" } },
    name: { type: "string" },
    namespace: { type: "string" },
  },
  "x-kubernetes-preserve-unknown-fields": true,
});

/** What a Configuration stamps revisions from. */
export const revisionTemplateSchema = Type.Object({
  metadata: optional(templateMetaSchema),
  spec: revisionSpecSchema,
});
export type RevisionTemplate = Static<typeof revisionTemplateSchema>;

export const configurationSpecSchema = Type.Object({ template: revisionTemplateSchema });
