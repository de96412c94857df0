import { deepClone } from "../../std/json.ts";
import type { Namespace } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";

/** Every namespace carries its name as a label, so that selectors can pick it. */
const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

/** Finalizers are set at birth and removed through `/finalize` alone: they hold the namespace until it is empty. */
export const namespaceKind = defineKind<Namespace>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Namespace",
  shortNames: ["ns"],
  subresources: { status: true, others: ["finalize"] },
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  columns: [nameColumn(), column<Namespace>("Status", "string", ({ status }) => status?.phase ?? ""), ageColumn()],
  strategy: strategyOf<Namespace>({
    prepare(draft, context) {
      dropStatus(draft, context);
      const old = oldOf<Namespace>(context);
      if (old !== undefined && context.subresource === "") draft.spec = deepClone(old.spec ?? {});
    },
    default(draft, { operation }) {
      const { metadata } = draft;
      if (metadata.name) metadata.labels = { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name };
      if (operation === "CREATE") draft.spec = { ...draft.spec, finalizers: ["kubernetes"] };
      draft.status ??= { phase: "Active" };
    },
    selectableFields: ({ status }) => ({ "status.phase": status?.phase ?? "" }),
  }),
});
