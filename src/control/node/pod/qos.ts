import type { Pod } from "../../../api/k8s/types.generated.ts";
import { compareQuantities, parseQuantity } from "../../../std/quantity.ts";

const RESOURCES = ["cpu", "memory"] as const;

type Amounts = Readonly<Record<string, string | number>> | undefined;

function positive(amounts: Amounts, name: string): string | undefined {
  const text = amounts?.[name];
  const quantity = text === undefined ? undefined : parseQuantity(String(text));
  return quantity === undefined || quantity.nanos === 0n ? undefined : String(text);
}

function same(a: string | undefined, b: string | undefined): boolean {
  const [first, second] = [parseQuantity(a ?? ""), parseQuantity(b ?? "")];
  return first !== undefined && second !== undefined && compareQuantities(first, second) === 0;
}

/** Kubernetes' class of a pod: all limits stated and equal to the requests, some stated, none stated. */
export function qosClass(pod: Pod): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const stated = containers.flatMap(({ resources }) =>
    RESOURCES.map((name) => {
      const limit = positive(resources?.limits, name);
      return { limit, request: positive(resources?.requests, name) ?? limit };
    }),
  );
  if (stated.every(({ limit, request }) => limit === undefined && request === undefined)) return "BestEffort";
  return stated.every(({ limit, request }) => limit !== undefined && same(limit, request)) ? "Guaranteed" : "Burstable";
}
