/** What a request asks for, read from method and path alone: the attributes that authorization and routing go by. */
export type RequestInfo = ResourceInfo | PathInfo;

export interface ResourceInfo {
  readonly isResource: true;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** "" at cluster scope. */
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  /** "" for a collection. */
  readonly name: string;
  /** Path parts after the subresource (proxy). */
  readonly rest: readonly string[];
  readonly path: string;
}

export interface PathInfo {
  readonly isResource: false;
  /** The method in lower case. */
  readonly verb: string;
  readonly path: string;
}

const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/** `watchAsked`: the query has `watch=true` or `watch=1`. */
export function requestInfo(method: string, path: string, watchAsked: boolean): RequestInfo {
  const parts = path.split("/").filter((part) => part !== "");
  const skip = parts[0] === "api" ? 2 : parts[0] === "apis" ? 3 : Number.POSITIVE_INFINITY;
  if (parts.length <= skip) return { isResource: false, verb: method.toLowerCase(), path };
  const group = skip === 3 ? (parts[1] ?? "") : "";
  const version = parts[skip - 1] ?? "";
  const rest = parts.slice(skip).map(decodePart);
  const oldWatch = rest[0] === "watch" && rest.length > 1;
  const target = targetOf(oldWatch ? rest.slice(1) : rest);
  const verb = oldWatch ? "watch" : verbOf(method, target.name, watchAsked);
  return { isResource: true, verb, group, version, ...target, path };
}

type Target = Pick<ResourceInfo, "namespace" | "resource" | "subresource" | "name" | "rest">;

function targetOf(parts: readonly string[]): Target {
  const ofNamespace = parts.length === 3 && NAMESPACE_SUBRESOURCES.has(parts[2] ?? "");
  const isWithin = parts[0] === "namespaces" && parts.length >= 3 && !ofNamespace;
  const at = isWithin ? 2 : 0;
  const resource = parts[at] ?? "";
  const name = parts[at + 1] ?? "";
  const namespace = isWithin ? (parts[1] ?? "") : resource === "namespaces" ? name : "";
  return { namespace, resource, name, subresource: parts[at + 2] ?? "", rest: parts.slice(at + 3) };
}

function verbOf(method: string, name: string, watchAsked: boolean): string {
  switch (method) {
    case "GET":
    case "HEAD":
      return name !== "" ? "get" : watchAsked ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name === "" ? "deletecollection" : "delete";
    default:
      return method.toLowerCase();
  }
}

function decodePart(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
