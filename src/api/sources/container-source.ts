import { Type, type Static } from "typebox";
import { objectSchema } from "../duck/object.ts";
import { sourceColumns, sourceSpecProperties, sourceStatusProperties } from "../duck/source.ts";
import { optional, ref } from "../duck/typebox.ts";
import type { PodTemplateSpec } from "../k8s/types.generated.ts";
import type { Kind } from "../meta/kind.ts";
import { containerSourceStrategy } from "./container-source-strategy.ts";
import { sourceKind, sourceRef } from "./source-kind.ts";

const specSchema = Type.Object({
  ...sourceSpecProperties,
  template: optional(ref<PodTemplateSpec>("io.k8s.api.core.v1.PodTemplateSpec")),
});
const statusSchema = Type.Object(sourceStatusProperties);

const schema = objectSchema(specSchema, statusSchema);
/** `sources.knative.dev/v1 ContainerSource` */
export type ContainerSource = Static<typeof schema>;

export const containerSourceKind: Kind<ContainerSource> = sourceKind({
  ref: sourceRef<ContainerSource>("ContainerSource", "containersources"),
  text: "A ContainerSource runs containers that send events to a sink.",
  schema,
  columns: sourceColumns<ContainerSource>(),
  strategy: containerSourceStrategy,
});
