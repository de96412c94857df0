import { isRecord } from "../../../std/json.ts";
import { REVISION_OWN_FIELDS } from "../revision-spec.ts";
import { goProbe } from "./go-probe.ts";

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
const PROBES = new Set(["ReadinessProbe", "LivenessProbe", "StartupProbe"]);
/** Structs that are always there in Go: an empty one is none. */
const STRUCTS = new Set(["Resources", "ObjectMeta"]);
/** Members in the order of Go's structs; what is not named comes after them, in lexical order. */
const ORDER = [
  ...["ObjectMeta", "Name", "Labels", "Annotations", "Spec", "PodSpec", "Volumes", "InitContainers", "Containers"],
  ...["Image", "Command", "Args", "WorkingDir", "Ports", "EnvFrom", "Env", "Value", "ValueFrom", "Resources", "Limits", "Requests"],
  ...["VolumeMounts", "LivenessProbe", "ReadinessProbe", "StartupProbe", "TerminationMessagePath", "TerminationMessagePolicy"],
  ...["ImagePullPolicy", "SecurityContext", "ServiceAccountName", "ImagePullSecrets", "EnableServiceLinks"],
  ...["ContainerConcurrency", "TimeoutSeconds", "ResponseStartTimeoutSeconds", "IdleTimeoutSeconds"],
];
const ACRONYMS: Readonly<Record<string, string>> = { httpGet: "HTTPGet", tcpSocket: "TCPSocket", grpc: "GRPC", url: "URL" };

/**
 * The differences of two objects in the form that Knative's webhook prints: one block a changed leaf, with the path
 * in Go's field names. `root` is the Go type, e.g. `*v1.RevisionTemplateSpec`.
 */
export function goDiff(root: string, old: unknown, now: unknown): string {
  const blocks: Block[] = [];
  walk({ old, now, path: [], blocks, root });
  return blocks
    .toSorted((a, b) => inGoOrder(a.path, b.path))
    .map(({ text }) => text)
    .join("\n");
}

interface Block {
  readonly path: readonly string[];
  readonly text: string;
}

function inGoOrder(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  if (at < 0) return a.length - b.length;
  const [first = "", second = ""] = [a[at], b[at]];
  return rank(first) - rank(second) || first.localeCompare(second, "en", { numeric: true });
}

function rank(part: string): number {
  const found = ORDER.indexOf(part.replace(/\[.*/, ""));
  return found < 0 ? ORDER.length : found;
}

interface Step {
  readonly old: unknown;
  readonly now: unknown;
  readonly path: readonly string[];
  readonly blocks: Block[];
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
  if (STRUCTS.has(path.at(-1) ?? "")) return walkMembers(step, recordOf(old), recordOf(now));
  if (JSON.stringify(old) !== JSON.stringify(now)) step.blocks.push({ path, text: blockText(step) });
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
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

function blockText({ old, now, path, root }: Step): string {
  const last = path.at(-1) ?? "";
  const star = POINTERS.has(last) ? "*" : "";
  return `${star}{${root}}.${path.join(".")}:\n\t-: "${goValue(old, last)}"\n\t+: "${goValue(now, last)}"`;
}

function goValue(value: unknown, field: string): string {
  if (MAPS.has(field)) {
    const entries = isRecord(value) ? Object.entries(value) : [];
    return `map[${entries.map(([key, text]) => `${key}:${String(text)}`).join(" ")}]`;
  }
  if (value === undefined || value === null) return POINTERS.has(field) || PROBES.has(field) ? "nil" : "";
  if (PROBES.has(field)) return goProbe(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
