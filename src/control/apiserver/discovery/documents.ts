import type { Kind } from "../../../api/meta/kind.ts";
import { verbsOf } from "../routes/kind-index.ts";

const SUBRESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  status: ["get", "patch", "update"],
  scale: ["get", "patch", "update"],
  finalize: ["update"],
  binding: ["create"],
  eviction: ["create"],
  token: ["create"],
  log: ["get"],
  exec: ["create", "get"],
  attach: ["create", "get"],
  portforward: ["create", "get"],
  proxy: ["create", "delete", "get", "patch", "update"],
};

/** Kind that a subresource answers, when it is not the parent's. */
const SUBRESOURCE_KINDS: Readonly<Record<string, GroupVersionKind>> = {
  scale: { group: "autoscaling", version: "v1", kind: "Scale" },
  binding: { group: "", version: "v1", kind: "Binding" },
  eviction: { group: "policy", version: "v1", kind: "Eviction" },
  token: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" },
  exec: { group: "", version: "v1", kind: "PodExecOptions" },
  attach: { group: "", version: "v1", kind: "PodAttachOptions" },
  portforward: { group: "", version: "v1", kind: "PodPortForwardOptions" },
};

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The subresources of a kind, by name. */
export function subresourcesOf(kind: Kind): readonly string[] {
  const { status, scale, others = [] } = kind.subresources;
  return [...(status === true ? ["status"] : []), ...(scale === undefined ? [] : ["scale"]), ...others].sort();
}

export function subresourceVerbs(name: string): readonly string[] {
  return SUBRESOURCE_VERBS[name] ?? ["get"];
}

/** `APIResourceList` of one group and version. The core group's has no apiVersion, as upstream. */
export function resourceList(group: string, version: string, kinds: readonly Kind[]): object {
  const groupVersion = group === "" ? version : `${group}/${version}`;
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  const resources = served
    .toSorted(byPlural)
    .flatMap((kind) => [resource(kind), ...subresourcesOf(kind).map((name) => subresource(kind, name))]);
  return { kind: "APIResourceList", ...(group === "" ? {} : { apiVersion: "v1" }), groupVersion, resources };
}

function resource(kind: Kind): object {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
}

function subresource(kind: Kind, name: string): object {
  const other = SUBRESOURCE_KINDS[name];
  const foreign = other === undefined || other.group === kind.group ? {} : { group: other.group, version: other.version };
  return {
    name: `${kind.plural}/${name}`,
    singularName: "",
    namespaced: kind.namespaced,
    ...foreign,
    kind: other?.kind ?? kind.kind,
    verbs: subresourceVerbs(name),
  };
}

/** Groups other than core with their versions, in the order of the kinds. */
export function groupsOf(kinds: readonly Kind[]): { readonly name: string; readonly versions: readonly string[] }[] {
  const named = kinds.filter((kind) => kind.group !== "");
  return [...Map.groupBy(named, (kind) => kind.group)].map(([name, members]) => ({
    name,
    versions: [...new Set(members.map((kind) => kind.version))].sort(byStability),
  }));
}

/** `APIGroup` as it stands in `/apis` and, with a kind, in `/apis/GROUP`. */
export function groupDocument(name: string, versions: readonly string[]): object {
  const list = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** `APIGroupDiscoveryList`: everything in one document. */
export function aggregatedList(
  groups: readonly { readonly name: string; readonly versions: readonly string[] }[],
  kinds: readonly Kind[],
): object {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === "" ? {} : { name },
    versions: versions.map((version) => ({
      version,
      resources: kinds
        .filter((kind) => kind.group === name && kind.version === version)
        .toSorted(byPlural)
        .map(aggregatedResource),
      freshness: "Current",
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

function aggregatedResource(kind: Kind): object {
  const subresources = subresourcesOf(kind).map((name) => {
    const { group, version, kind: kindName } = SUBRESOURCE_KINDS[name] ?? kind;
    return { subresource: name, responseKind: { group, version, kind: kindName }, verbs: subresourceVerbs(name) };
  });
  return {
    resource: kind.plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

function byPlural(a: Kind, b: Kind): number {
  return a.plural < b.plural ? -1 : 1;
}

/** v2 before v1 before v1beta1 before v1alpha1. */
export function byStability(a: string, b: string): number {
  const rank = (version: string) => {
    const [, major = "0", stage = "", minor = "0"] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === "" ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor)] as const;
  };
  const [x, y] = [rank(a), rank(b)];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
}
