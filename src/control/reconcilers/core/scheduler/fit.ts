import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, Taint, Toleration } from "../../../../api/k8s/types.generated.ts";
import { matchesLabels, meets } from "../../../../client/selectors.ts";
import { allocatableOf, podRequests, type Amounts } from "./requests.ts";

export interface Candidate {
  readonly node: Node;
  /** What its pods use already. */
  readonly used: Amounts;
}

export type Placement = { readonly kind: "node"; readonly name: string } | { readonly kind: "unschedulable"; readonly message: string };

/** Where the pod goes: the node with the most CPU left of those that fit. */
export function place(pod: Pod, candidates: readonly Candidate[]): Placement {
  const judged = candidates.map((candidate) => ({ ...candidate, reasons: obstacles(pod, candidate) }));
  const fitting = judged.filter(({ reasons }) => reasons.length === 0);
  const best = fitting.toSorted((a, b) => cpuLeft(b) - cpuLeft(a))[0];
  if (best !== undefined) return { kind: "node", name: best.node.metadata.name ?? "" };
  return { kind: "unschedulable", message: explain(judged.map(({ reasons }) => reasons)) };
}

function cpuLeft({ node, used }: Candidate): number {
  return allocatableOf(node).cpuMilli - used.cpuMilli;
}

/** Why the pod cannot run on the node, in the words of kube-scheduler. */
function obstacles(pod: Pod, { node, used }: Candidate): readonly string[] {
  const taint = untolerated(pod, node);
  if (node.spec?.unschedulable === true && !toleratesUnschedulable(pod)) return ["node(s) were unschedulable"];
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`];
  if (!selects(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  return shortages(podRequests(pod), allocatableOf(node), used);
}

function shortages(wanted: Amounts, allocatable: Amounts, used: Amounts): readonly string[] {
  return [
    ...(used.pods + 1 > allocatable.pods ? ["Too many pods"] : []),
    ...(wanted.cpuMilli > 0 && used.cpuMilli + wanted.cpuMilli > allocatable.cpuMilli ? ["Insufficient cpu"] : []),
    ...(wanted.memoryBytes > 0 && used.memoryBytes + wanted.memoryBytes > allocatable.memoryBytes ? ["Insufficient memory"] : []),
  ];
}

const UNSCHEDULABLE: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

function toleratesUnschedulable(pod: Pod): boolean {
  return (pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, UNSCHEDULABLE));
}

function untolerated(pod: Pod, node: Node): Taint | undefined {
  const hard = (node.spec?.taints ?? []).filter(({ effect, key }) => effect !== "PreferNoSchedule" && key !== UNSCHEDULABLE.key);
  return hard.find((taint) => !(pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, taint)));
}

function tolerates({ key, operator = "Equal", value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  return operator === "Exists" ? true : key !== undefined && (value ?? "") === (taint.value ?? "");
}

function selects({ spec }: Pod, { metadata }: Node): boolean {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!matchesLabels(spec?.nodeSelector, metadata.labels)) return false;
  return terms === undefined || terms.some((term) => matchesTerm(term, metadata.labels ?? {}, metadata.name ?? ""));
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, labels: Record<string, string>, name: string): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields: Record<string, string> = { "metadata.name": name };
  return matchExpressions.every((one) => holds(labels[one.key], one)) && matchFields.every((one) => holds(fields[one.key], one));
}

function holds(value: string | undefined, { operator, values = [] }: NodeSelectorRequirement): boolean {
  switch (operator) {
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return meets(value, { operator, values });
  }
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.` with what the scheduler adds about preemption. */
function explain(reasons: readonly (readonly string[])[]): string {
  if (reasons.length === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).toSorted();
  const all = `0/${reasons.length} nodes are available`;
  const preemption = `${all}: ${reasons.length} Preemption is not helpful for scheduling.`;
  return `${all}: ${texts.join(", ")}. no new claims to deallocate, preemption: ${preemption}`;
}
