import type { Container, Pod, ResourceFieldSelector } from "../../../api/k8s/types.generated.ts";
import { parseQuantity, quantityMilli, quantityValue } from "../../../std/quantity.ts";
import type { NodeFacts } from "./lookup.ts";

export type FieldValue =
  | { readonly kind: "ok"; readonly value: string; readonly perPod: boolean }
  | { readonly kind: "error"; readonly message: string };

const SUBSCRIPT = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

/** The value of a downward field. `perPod` tells that another pod of the same template would see another value. */
export function fieldValue(pod: Pod, path: string, node: NodeFacts): FieldValue {
  const { metadata, spec } = pod;
  const subscript = SUBSCRIPT.exec(path);
  if (subscript !== null) {
    const map = subscript[1] === "labels" ? metadata.labels : metadata.annotations;
    return ok(map?.[subscript[2] ?? ""] ?? "");
  }
  switch (path) {
    case "metadata.name":
      return ok(metadata.name ?? "", true);
    case "metadata.uid":
      return ok(metadata.uid ?? "", true);
    case "metadata.namespace":
      return ok(metadata.namespace ?? "");
    case "metadata.labels":
      return ok(formatMap(metadata.labels));
    case "metadata.annotations":
      return ok(formatMap(metadata.annotations), true);
    case "spec.nodeName":
      return ok(spec?.nodeName ?? node.name);
    case "spec.serviceAccountName":
      return ok(spec?.serviceAccountName ?? "default");
    case "status.podIP":
    case "status.podIPs":
      return ok(node.podIp ?? node.ip, node.podIp !== undefined);
    case "status.hostIP":
    case "status.hostIPs":
      return ok(node.ip);
    default:
      return { kind: "error", message: `unsupported fieldPath: ${path}` };
  }
}

function ok(value: string, perPod = false): FieldValue {
  return { kind: "ok", value, perPod };
}

/** `key="escaped value"` lines, sorted, as the kubelet writes them. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(map ?? {})
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(map?.[key])}`)
    .join("\n");
}

/** A limit or request of a container in whole units of `divisor`, rounded up; a missing limit is the node's. */
export function resourceValue(
  containers: readonly Container[],
  own: Container | undefined,
  ref: ResourceFieldSelector,
  node: NodeFacts,
): FieldValue {
  const container = ref.containerName ? containers.find(({ name }) => name === ref.containerName) : own;
  if (container === undefined) return { kind: "error", message: `container ${ref.containerName ?? ""} not found` };
  const [side = "", ...rest] = ref.resource.split(".");
  const resource = rest.join(".");
  const stated = side === "limits" ? container.resources?.limits : side === "requests" ? container.resources?.requests : undefined;
  if (side !== "limits" && side !== "requests") return { kind: "error", message: `unsupported container resource : ${ref.resource}` };
  const text = stated?.[resource];
  if (resource === "cpu") return ok(String(inUnits(text, side === "limits" ? node.cpuMilli : 0, ref.divisor, "milli")));
  return ok(String(inUnits(text, side === "limits" && resource === "memory" ? node.memoryBytes : 0, ref.divisor, "units")));
}

function inUnits(
  text: string | number | undefined,
  fallback: number,
  divisor: string | number | undefined,
  scale: "milli" | "units",
): number {
  const measure = scale === "milli" ? quantityMilli : quantityValue;
  const quantity = text === undefined ? undefined : parseQuantity(String(text));
  const unit = parseQuantity(String(divisor ?? "1"));
  const size = unit === undefined ? 0 : measure(unit);
  const unitSize = size === 0 ? (scale === "milli" ? 1000 : 1) : size; // "0" means 1
  return Math.ceil((quantity === undefined ? fallback : measure(quantity)) / unitSize);
}
