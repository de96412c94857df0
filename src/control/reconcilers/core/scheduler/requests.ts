import type { Container, Node, Pod } from "../../../../api/k8s/types.generated.ts";
import { parseQuantity, quantityMilli, quantityValue } from "../../../../std/quantity.ts";

/** What is counted on a node. */
export interface Amounts {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

export const NOTHING: Amounts = { cpuMilli: 0, memoryBytes: 0, pods: 0 };

type ResourceList = Readonly<Record<string, string | number>> | undefined;

export function plus(a: Amounts, b: Amounts): Amounts {
  return { cpuMilli: a.cpuMilli + b.cpuMilli, memoryBytes: a.memoryBytes + b.memoryBytes, pods: a.pods + b.pods };
}

export function minus(a: Amounts, b: Amounts): Amounts {
  return { cpuMilli: a.cpuMilli - b.cpuMilli, memoryBytes: a.memoryBytes - b.memoryBytes, pods: a.pods - b.pods };
}

/** What the pod asks for: its containers together, or its largest init container if that is more, and its overhead. */
export function podRequests({ spec }: Pod): Amounts {
  const init = spec?.initContainers ?? [];
  const lasting = [...(spec?.containers ?? []), ...init.filter(isSidecar)].map(requestsOf);
  const together = lasting.reduce((sum, { cpuMilli, memoryBytes }) => plus(sum, { cpuMilli, memoryBytes, pods: 0 }), NOTHING);
  const passing = init.filter((container) => !isSidecar(container)).map(requestsOf);
  const overhead = amountsOf(spec?.overhead);
  return {
    cpuMilli: Math.max(together.cpuMilli, ...passing.map(({ cpuMilli }) => cpuMilli)) + overhead.cpuMilli,
    memoryBytes: Math.max(together.memoryBytes, ...passing.map(({ memoryBytes }) => memoryBytes)) + overhead.memoryBytes,
    pods: 1,
  };
}

export function allocatableOf({ status }: Node): Amounts {
  const list = status?.allocatable ?? status?.capacity;
  return { ...amountsOf(list), pods: Number(list?.["pods"] ?? Number.POSITIVE_INFINITY) };
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === "Always";
}

function requestsOf({ resources }: Container): Amounts {
  return amountsOf({ ...resources?.limits, ...resources?.requests });
}

function amountsOf(list: ResourceList): Amounts {
  const cpu = parseQuantity(String(list?.["cpu"] ?? "0"));
  const memory = parseQuantity(String(list?.["memory"] ?? "0"));
  return { cpuMilli: cpu === undefined ? 0 : quantityMilli(cpu), memoryBytes: memory === undefined ? 0 : quantityValue(memory), pods: 0 };
}
