import type { Pod } from "../k8s/types.generated.ts";
import { ageColumn, column, nameColumn, wideColumn } from "../meta/define-kind.ts";
import type { Column } from "../meta/kind.ts";
import { podSummary } from "./pod-summary.ts";

export const podColumns: readonly Column<Pod>[] = [
  nameColumn(),
  column("Ready", "string", (pod, now) => podSummary(pod, now).ready),
  column("Status", "string", (pod, now) => podSummary(pod, now).status),
  column("Restarts", "string", (pod, now) => podSummary(pod, now).restarts),
  ageColumn(),
  wideColumn("IP", ({ status }) => status?.podIPs?.[0]?.ip || status?.podIP || "<none>"),
  wideColumn("Node", ({ spec }) => spec?.nodeName || "<none>"),
  wideColumn("Nominated Node", ({ status }) => status?.nominatedNodeName || "<none>"),
  wideColumn("Readiness Gates", readinessGates),
];

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const isTrue = (type: string) => status?.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
  return `${gates.filter(({ conditionType }) => isTrue(conditionType)).length}/${gates.length}`;
}
