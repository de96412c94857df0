import type { JsonSchema } from "../meta/schema.ts";

/** Go packages whose group is more than their name. */
const GROUPS: Readonly<Record<string, string>> = {
  core: "",
  apps: "apps",
  autoscaling: "autoscaling",
  batch: "batch",
  policy: "policy",
  rbac: "rbac.authorization.k8s.io",
};

/** `{ group, version, kind }` of a definition's name, e.g. of `io.k8s.api.core.v1.Pod`. */
export function groupVersionKindOf(definition: string): { group: string; version: string; kind: string } {
  const [kind = "", version = "", pkg = ""] = definition.split(".").toReversed();
  if (pkg === "meta") return { group: "", version, kind };
  return { group: GROUPS[pkg] ?? `${pkg}.k8s.io`, version, kind };
}

export function groupVersionKinds(definition: string, isRoot: boolean): Pick<JsonSchema, "x-kubernetes-group-version-kind"> {
  return isRoot ? { "x-kubernetes-group-version-kind": [groupVersionKindOf(definition)] } : {};
}
