import type { Node } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const nodeKind = defineKind<Node>({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Node",
  shortNames: ["no"],
  subresources: { status: true, others: ["proxy"] },
});
