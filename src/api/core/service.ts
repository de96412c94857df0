import type { Service } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";
import { dropStatus, strategyOf } from "../meta/strategy.ts";
import { serviceColumns } from "./service-columns.ts";
import { serviceCauses } from "./service-validation.ts";

const AFFINITY_SECONDS = 10_800;

export const serviceKind = defineKind<Service>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Service",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: { status: true, others: ["proxy"] },
  columns: serviceColumns,
  strategy: strategyOf<Service>({
    prepare: dropStatus,
    default: defaultService,
    causes: (object) => serviceCauses(object.spec ?? {}, "spec"),
    selectableFields: ({ spec }) => ({ "spec.clusterIP": spec?.clusterIP ?? "", "spec.type": spec?.type ?? "" }),
  }),
});

/** Everything but the addresses, which are allocated. */
function defaultService(draft: Service): void {
  const spec = (draft.spec ??= {});
  spec.type ||= "ClusterIP";
  spec.sessionAffinity ||= "None";
  if (spec.sessionAffinity === "ClientIP") spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  for (const port of spec.ports ?? []) {
    port.protocol ||= "TCP";
    port.targetPort ||= port.port ?? 0;
  }
  const isExternal = spec.type === "NodePort" || spec.type === "LoadBalancer";
  if (isExternal) spec.externalTrafficPolicy ||= "Cluster";
  if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
  if (spec.type !== "ExternalName") spec.internalTrafficPolicy ||= "Cluster";
  draft.status ??= { loadBalancer: {} };
}
