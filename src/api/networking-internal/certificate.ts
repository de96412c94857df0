import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { intOrString, optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";

const specSchema = Type.Object({
  dnsNames: optional(Type.Array(Type.String())),
  domain: optional(Type.String()),
  secretName: optional(Type.String()),
});

const challengeSchema = Type.Object({
  serviceName: optional(Type.String()),
  serviceNamespace: optional(Type.String()),
  servicePort: optional(intOrString()),
  url: optional(Type.String()),
});

const statusSchema = Type.Object({
  ...statusProperties,
  http01Challenges: optional(Type.Array(challengeSchema)),
  notAfter: optional(Type.String()),
});

const schema = objectSchema(specSchema, statusSchema);
/** `networking.internal.knative.dev/v1alpha1 Certificate` */
export type Certificate = Static<typeof schema>;

const ref: KindRef<Certificate> = {
  group: "networking.internal.knative.dev",
  version: "v1alpha1",
  kind: "Certificate",
  plural: "certificates",
  namespaced: true,
};

export const certificateKind: Kind<Certificate> = {
  ...ref,
  ...definitionOf(ref, "A Certificate asks for a TLS secret for some host names.", schema),
  singular: "certificate",
  shortNames: ["kcert"],
  categories: ["knative-internal", "networking"],
  subresources: { status: true },
  generation: "spec",
  columns: [readyColumn(), reasonColumn()],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
