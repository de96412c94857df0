import type { Affinity, NodeSelectorRequirement, Toleration } from "../../../../api/k8s/types.generated.ts";
import { UserError } from "../../../shared/io.ts";
import { applyPairs, parsePairs } from "./pairs.ts";

/** Where pods may run. */
export interface PlacementFlags {
  readonly nodeSelector?: readonly string[];
  readonly toleration?: readonly string[];
  readonly nodeAffinity?: readonly string[];
}

interface PodPlacement {
  nodeSelector?: Record<string, string> | undefined;
  tolerations?: Toleration[] | undefined;
  affinity?: Affinity | undefined;
}

export function applyPlacement(pod: PodPlacement, { nodeSelector, toleration, nodeAffinity }: PlacementFlags): void {
  if (nodeSelector !== undefined) pod.nodeSelector = applyPairs(pod.nodeSelector, parsePairs("node-selector", nodeSelector));
  if (toleration !== undefined) pod.tolerations = [...(pod.tolerations ?? []), ...groups(toleration).map(tolerationOf)];
  for (const group of groups(nodeAffinity ?? [])) pod.affinity = withNodeAffinity(pod.affinity ?? {}, group);
}

/** `Key=a,Operator=Exists` by names in lower case. */
type Group = ReadonlyMap<string, string>;

/** One group for each thing that is described: a name that was there already begins the next. */
function groups(pairs: readonly string[]): Group[] {
  const all: Map<string, string>[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 0) throw new UserError(`argument requires a value that contains the "=" delimiter; got ${JSON.stringify(pair)}`);
    const name = pair.slice(0, at).trim().toLowerCase();
    let last = all.at(-1);
    if (last === undefined || last.has(name)) all.push((last = new Map<string, string>()));
    last.set(name, pair.slice(at + 1).replace(/^"(.*)"$/, "$1"));
  }
  return all;
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const TOLERATION_OPERATORS = ["Exists", "Equal"];

function tolerationOf(group: Group): Toleration {
  const [key, value] = [group.get("key"), group.get("value")];
  const operator = oneOf("operator of --toleration", group.get("operator"), TOLERATION_OPERATORS);
  const effect = oneOf("effect of --toleration", group.get("effect"), EFFECTS);
  return {
    ...(key === undefined ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
  };
}

const AFFINITY_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"];

/** Required terms are alternatives; preferred ones add up by weight. What is there stays. */
function withNodeAffinity(affinity: Affinity, group: Group): Affinity {
  const expression = requirementOf(group);
  const node = affinity.nodeAffinity ?? {};
  const type = group.get("type");
  if (type === "Required") {
    const terms = node.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    const nodeSelectorTerms = [...terms, { matchExpressions: [expression] }];
    return { ...affinity, nodeAffinity: { ...node, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  }
  if (type !== "Preferred") throw new UserError("Invalid type defined for node affinity, Valid arguments: Required | Preferred");
  const term = { weight: weightOf(group.get("weight")), preference: { matchExpressions: [expression] } };
  const preferred = [...(node.preferredDuringSchedulingIgnoredDuringExecution ?? []), term];
  return { ...affinity, nodeAffinity: { ...node, preferredDuringSchedulingIgnoredDuringExecution: preferred } };
}

function requirementOf(group: Group): NodeSelectorRequirement {
  const values = (group.get("values") ?? "").split(/\s+/).filter((value) => value !== "");
  const operator = oneOf("operator of --node-affinity", group.get("operator"), AFFINITY_OPERATORS) ?? "";
  return { key: group.get("key") ?? "", operator, ...(values.length === 0 ? {} : { values }) };
}

function weightOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const fault = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new UserError(`error in setting preference weight in node affinity: ${fault}`);
}

function oneOf(what: string, value: string | undefined, known: readonly string[]): string | undefined {
  if (value === undefined || known.includes(value)) return value;
  throw new UserError(`invalid ${what} ${JSON.stringify(value)}. Valid arguments: ${known.join(" | ")}`);
}
