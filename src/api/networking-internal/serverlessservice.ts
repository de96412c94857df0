import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { objectReferenceSchema } from "../autoscaling-internal/podautoscaler.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { choice, int32, optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";

const specSchema = Type.Object({
  mode: optional(choice(["Proxy", "Serve"])),
  /** 0: all of them. */
  numActivators: optional(int32()),
  objectRef: objectReferenceSchema,
  protocolType: optional(choice(["http1", "h2c"])),
});

const statusSchema = Type.Object({
  ...statusProperties,
  privateServiceName: optional(Type.String()),
  serviceName: optional(Type.String()),
});

const schema = objectSchema(specSchema, statusSchema);
/** `networking.internal.knative.dev/v1alpha1 ServerlessService` */
export type ServerlessService = Static<typeof schema>;

const ref: KindRef<ServerlessService> = {
  group: "networking.internal.knative.dev",
  version: "v1alpha1",
  kind: "ServerlessService",
  plural: "serverlessservices",
  namespaced: true,
};

export const serverlessServiceKind: Kind<ServerlessService> = {
  ...ref,
  ...definitionOf(ref, "A ServerlessService is the pair of Services through which one Revision is reached, also at zero.", schema),
  singular: "serverlessservice",
  shortNames: ["sks"],
  categories: ["knative-internal", "networking"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("Mode", ".spec.mode", (sks) => sks.spec.mode),
    column("Activators", ".spec.numActivators", (sks) => sks.spec.numActivators, "integer"),
    column("ServiceName", ".status.serviceName", (sks) => sks.status?.serviceName),
    column("PrivateServiceName", ".status.privateServiceName", (sks) => sks.status?.privateServiceName),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
