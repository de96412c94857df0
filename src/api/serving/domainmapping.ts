import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { addressSchema, statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { domainMappingStrategy } from "./domainmapping-strategy.ts";

const refSchema = Type.Object({
  address: optional(Type.String()),
  apiVersion: optional(Type.String()),
  group: optional(Type.String()),
  kind: Type.String(),
  name: Type.String(),
  namespace: optional(Type.String()),
});
export type DomainMappingRef = Static<typeof refSchema>;

const specSchema = Type.Object({
  ref: refSchema,
  tls: optional(Type.Object({ secretName: Type.String() })),
});

const statusSchema = Type.Object({
  ...statusProperties,
  address: optional(addressSchema),
  url: optional(Type.String()),
});
export type DomainMappingStatus = Static<typeof statusSchema>;

const schema = objectSchema(specSchema, statusSchema);
/** `serving.knative.dev/v1beta1 DomainMapping`: its name is the host. */
export type DomainMapping = Static<typeof schema>;

const ref: KindRef<DomainMapping> = {
  group: "serving.knative.dev",
  version: "v1beta1",
  kind: "DomainMapping",
  plural: "domainmappings",
  namespaced: true,
};

export const domainMappingKind: Kind<DomainMapping> = {
  ...ref,
  ...definitionOf(ref, "A DomainMapping leads a host name of your own to a service. Its name is the host.", schema),
  singular: "domainmapping",
  shortNames: ["dm"],
  categories: ["all", "knative", "serving"],
  subresources: { status: true },
  generation: "spec",
  columns: [column("URL", ".status.url", (mapping) => mapping.status?.url), readyColumn(), reasonColumn()],
  strategy: domainMappingStrategy,
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
