import type { SchemaNode } from "./node.ts";

/** The Go type of a node as reflection prints it: `int32`, `v1.PodSpec`, `[]v1.Container`, `map[string]string`. */
export function goType(node: SchemaNode): string {
  switch (node.type) {
    case "array":
      return `[]${goType(node.element)}`;
    case "map":
      return `map[string]${goType(node.element)}`;
    case "object":
      return goStruct(node);
    case "integer":
      return node.schema.format ?? "int64";
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "bytes":
      return "[]uint8";
    case "quantity":
      return "resource.Quantity";
    case "intOrString":
      return "intstr.IntOrString";
    case "time":
      return "v1.Time";
    default:
      return "string";
  }
}

/** `v1.PodSpec` of `io.k8s.api.core.v1.PodSpec`. */
function goStruct(node: SchemaNode): string {
  const [kind = "", version = ""] = (node.definition ?? "").split(".").toReversed();
  return version === "" ? "map[string]interface {}" : `${version}.${kind}`;
}

/** What Go calls a JSON value in its errors. Numbers that an integer cannot hold are named. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}
