import type { Service, ServicePort } from "../k8s/types.generated.ts";
import { ageColumn, column, nameColumn, wideColumn } from "../meta/define-kind.ts";
import { formatLabels } from "../meta/format.ts";
import type { Column } from "../meta/kind.ts";

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn(),
  column("Type", "string", ({ spec }) => spec?.type ?? ""),
  column("Cluster-IP", "string", ({ spec }) => spec?.clusterIPs?.[0] || spec?.clusterIP || "<none>"),
  column("External-IP", "string", externalAddress),
  column("Port(s)", "string", ({ spec }) => (spec?.ports ?? []).map(portText).join(",") || "<none>"),
  ageColumn(),
  wideColumn("Selector", ({ spec }) => formatLabels(spec?.selector)),
];

function externalAddress({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? [];
  if (spec?.type === "ExternalName") return spec.externalName ?? "";
  if (spec?.type !== "LoadBalancer") return external.join(",") || "<none>";
  const balancers = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  return [...balancers, ...external].join(",") || "<pending>";
}

function portText({ port, nodePort, protocol = "TCP" }: ServicePort): string {
  return `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`;
}
