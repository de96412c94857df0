import { Type, type Static } from "typebox";
import { objectSchema } from "../duck/object.ts";
import { sourceColumns, sourceSpecProperties, sourceStatusProperties } from "../duck/source.ts";
import { opaque, optional } from "../duck/typebox.ts";
import type { LabelSelector } from "../k8s/types.generated.ts";
import type { Kind } from "../meta/kind.ts";
import { BINDING_LABEL } from "../names/crd-labels.ts";
import { sinkBindingStrategy } from "./sink-binding-strategy.ts";
import { sourceKind, sourceRef } from "./source-kind.ts";

/** `tracker.Reference`: workloads by name or by labels. */
const subjectSchema = Type.Object({
  apiVersion: optional(Type.String()),
  kind: optional(Type.String()),
  name: optional(Type.String()),
  namespace: optional(Type.String()),
  selector: optional(opaque<LabelSelector>()),
});
export type BindingSubject = Static<typeof subjectSchema>;

const specSchema = Type.Object({ ...sourceSpecProperties, subject: optional(subjectSchema) });
const statusSchema = Type.Object({ ...sourceStatusProperties, oidcTokenSecretName: optional(Type.String()) });
export type SinkBindingStatus = Static<typeof statusSchema>;

const schema = objectSchema(specSchema, statusSchema);
/** `sources.knative.dev/v1 SinkBinding` */
export type SinkBinding = Static<typeof schema>;

export const sinkBindingKind: Kind<SinkBinding> = sourceKind({
  ref: sourceRef<SinkBinding>("SinkBinding", "sinkbindings"),
  text: "A SinkBinding tells workloads where to send their events.",
  schema,
  columns: sourceColumns<SinkBinding>(),
  strategy: sinkBindingStrategy,
  categories: ["bindings"],
  labels: BINDING_LABEL,
});
