import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { choice, int64, intOrString, optional, stringMap } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";

const splitSchema = Type.Object({
  appendHeaders: optional(stringMap()),
  percent: optional(int64()),
  serviceName: Type.String(),
  serviceNamespace: Type.String(),
  servicePort: intOrString(),
});
export type IngressSplit = Static<typeof splitSchema>;

const pathSchema = Type.Object({
  appendHeaders: optional(stringMap()),
  headers: optional(
    Type.Unsafe<Record<string, { readonly exact: string }>>({
      type: "object",
      additionalProperties: { type: "object", required: ["exact"], properties: { exact: { type: "string" } } },
    }),
  ),
  path: optional(Type.String()),
  rewriteHost: optional(Type.String()),
  splits: Type.Array(splitSchema),
});
export type IngressPath = Static<typeof pathSchema>;

const ruleSchema = Type.Object({
  hosts: optional(Type.Array(Type.String())),
  http: optional(Type.Object({ paths: Type.Array(pathSchema) })),
  visibility: optional(choice(["ExternalIP", "ClusterLocal"])),
});
export type IngressRule = Static<typeof ruleSchema>;

const tlsSchema = Type.Object({
  hosts: optional(Type.Array(Type.String())),
  secretName: optional(Type.String()),
  secretNamespace: optional(Type.String()),
});
export type IngressTls = Static<typeof tlsSchema>;

const specSchema = Type.Object({
  httpOption: optional(choice(["Enabled", "Redirected"])),
  rules: optional(Type.Array(ruleSchema)),
  tls: optional(Type.Array(tlsSchema)),
});

const loadBalancerSchema = Type.Object({
  ingress: optional(
    Type.Array(
      Type.Object({
        domain: optional(Type.String()),
        domainInternal: optional(Type.String()),
        ip: optional(Type.String()),
        meshOnly: optional(Type.Boolean()),
      }),
    ),
  ),
});

const statusSchema = Type.Object({
  ...statusProperties,
  privateLoadBalancer: optional(loadBalancerSchema),
  publicLoadBalancer: optional(loadBalancerSchema),
});

const schema = objectSchema(specSchema, statusSchema);
/** `networking.internal.knative.dev/v1alpha1 Ingress` */
export type Ingress = Static<typeof schema>;

const ref: KindRef<Ingress> = {
  group: "networking.internal.knative.dev",
  version: "v1alpha1",
  kind: "Ingress",
  plural: "ingresses",
  namespaced: true,
};

export const ingressKind: Kind<Ingress> = {
  ...ref,
  ...definitionOf(ref, "An Ingress tells the gateway which hosts and paths lead to which revisions.", schema),
  singular: "ingress",
  shortNames: ["kingress", "king"],
  categories: ["knative-internal", "networking"],
  subresources: { status: true },
  generation: "spec",
  columns: [readyColumn(), reasonColumn()],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
