import type { Node } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn, wideColumn } from "../meta/define-kind.ts";
import { strategyOf } from "../meta/strategy.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";
const ROLE_LABEL = "kubernetes.io/role";

export const nodeKind = defineKind<Node>({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Node",
  shortNames: ["no"],
  subresources: { status: true, others: ["proxy"] },
  columns: [
    nameColumn(),
    column<Node>("Status", "string", statusText),
    column<Node>("Roles", "string", rolesText),
    ageColumn(),
    column<Node>("Version", "string", ({ status }) => status?.nodeInfo?.kubeletVersion ?? ""),
    wideColumn<Node>("Internal-IP", (node) => address(node, "InternalIP")),
    wideColumn<Node>("External-IP", (node) => address(node, "ExternalIP")),
    wideColumn<Node>("OS-Image", ({ status }) => status?.nodeInfo?.osImage || "<unknown>"),
    wideColumn<Node>("Kernel-Version", ({ status }) => status?.nodeInfo?.kernelVersion || "<unknown>"),
    wideColumn<Node>("Container-Runtime", ({ status }) => status?.nodeInfo?.containerRuntimeVersion || "<unknown>"),
  ],
  strategy: strategyOf<Node>({
    default(draft) {
      draft.spec ??= {};
      draft.status ??= {};
    },
    selectableFields: ({ spec }) => ({ "spec.unschedulable": String(spec?.unschedulable ?? false) }),
  }),
});

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const word = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec?.unschedulable ? `${word},SchedulingDisabled` : word;
}

function rolesText({ metadata }: Node): string {
  const labels = Object.entries(metadata.labels ?? {});
  const roles = labels.flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return [key.slice(ROLE_PREFIX.length)];
    return key === ROLE_LABEL && value !== "" ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ""))].toSorted().join(",") || "<none>";
}

function address({ status }: Node, type: string): string {
  return status?.addresses?.find((one) => one.type === type)?.address || "<none>";
}
