import { isRecord } from "../../../std/json.ts";
import { REVISION_OWN_FIELDS } from "../revision-spec.ts";

const POD_SPEC_PARENT = "Spec";
const MAPS = new Set(["Labels", "Annotations", "NodeSelector", "Limits", "Requests"]);
const POINTERS = new Set([
  "TimeoutSeconds",
  "ContainerConcurrency",
  "ResponseStartTimeoutSeconds",
  "IdleTimeoutSeconds",
  "EnableServiceLinks",
  "AutomountServiceAccountToken",
  "RunAsUser",
  "RunAsGroup",
  "RunAsNonRoot",
  "AllowPrivilegeEscalation",
  "ReadOnlyRootFilesystem",
  "Privileged",
]);
const ACRONYMS: Readonly<Record<string, string>> = { httpGet: "HTTPGet", tcpSocket: "TCPSocket", grpc: "GRPC", url: "URL" };

/**
 * The differences of two objects in the form that Knative's webhook prints: one block a changed leaf, with the path
 * in Go's field names. `root` is the Go type, e.g. `*v1.RevisionTemplateSpec`.
 */
export function goDiff(root: string, old: unknown, now: unknown): string {
  const blocks: string[] = [];
  walk({ old, now, path: [], blocks, root });
  return blocks.toSorted().join("\n");
}

interface Step {
  readonly old: unknown;
  readonly now: unknown;
  readonly path: readonly string[];
  readonly blocks: string[];
  readonly root: string;
}

function walk(step: Step): void {
  const { old, now, path } = step;
  if (isRecord(old) && isRecord(now)) return walkMembers(step, old, now);
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    const last = path.at(-1) ?? "";
    old.forEach((item, index) => walk({ ...step, old: item, now: now[index], path: [...path.slice(0, -1), `${last}[${index}]`] }));
    return;
  }
  if (JSON.stringify(old) !== JSON.stringify(now)) step.blocks.push(block(step));
}

function walkMembers(step: Step, old: Record<string, unknown>, now: Record<string, unknown>): void {
  const { path } = step;
  const last = path.at(-1) ?? "";
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const child = MAPS.has(last)
      ? [...path.slice(0, -1), `${last}[${JSON.stringify(key)}]`]
      : [...path, ...goNames(key, last, path.length === 0 && isSpec(step))];
    walk({ ...step, old: old[key], now: now[key], path: child });
  }
}

/** Whether the root itself is a RevisionSpec. */
function isSpec(step: Step): boolean {
  return step.root.endsWith("RevisionSpec");
}

function goNames(key: string, parent: string, rootIsSpec: boolean): readonly string[] {
  if (key === "metadata") return ["ObjectMeta"];
  const name = ACRONYMS[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
  const own = (REVISION_OWN_FIELDS as readonly string[]).includes(key);
  return (parent === POD_SPEC_PARENT || rootIsSpec) && !own ? ["PodSpec", name] : [name];
}

function block({ old, now, path, root }: Step): string {
  const last = path.at(-1) ?? "";
  const star = POINTERS.has(last) ? "*" : "";
  return `${star}{${root}}.${path.join(".")}:\n\t-: "${goValue(old, last)}"\n\t+: "${goValue(now, last)}"`;
}

function goValue(value: unknown, field: string): string {
  if (MAPS.has(field)) {
    const entries = isRecord(value) ? Object.entries(value) : [];
    return `map[${entries.map(([key, text]) => `${key}:${String(text)}`).join(" ")}]`;
  }
  if (value === undefined || value === null) return POINTERS.has(field) ? "nil" : "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
