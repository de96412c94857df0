import { canonicalQuantity, compareQuantities, parseQuantity, type Quantity } from "../../../std/quantity.ts";
import type { Container, PodSpec, ResourceRequirements } from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { invalidCause, requiredCause } from "../../meta/validation/causes.ts";
import { qualifiedNameErrors } from "../../meta/validation/names.ts";

type Amounts = Record<string, string | number>;

const ZERO: Quantity = { nanos: 0n, format: "DecimalSI" };
const STANDARD = new Set(["cpu", "memory", "ephemeral-storage"]);

/** Amounts as the server prints them: `1000m` becomes `1`, the number 1 the text. */
export function canonicalResources(resources: ResourceRequirements): void {
  for (const amounts of [resources.limits, resources.requests]) if (amounts) canonicalAmounts(amounts);
}

export function canonicalAmounts(amounts: Amounts): void {
  for (const name of Object.keys(amounts)) amounts[name] = canonicalQuantity(String(amounts[name]));
}

/** What is limited and not requested is requested as far as it is limited. Pods only; templates stay as written. */
export function requestLimits(container: Container): void {
  const limits = container.resources?.limits;
  if (container.resources === undefined || limits === undefined) return;
  container.resources.requests = { ...limits, ...container.resources.requests };
}

export function resourceCauses(resources: ResourceRequirements | undefined, path: string): FieldCause[] {
  const { limits = {}, requests = {} } = resources ?? {};
  return [
    ...Object.keys(limits).flatMap((name) => amountCauses(limits, name, `${path}.limits`)),
    ...Object.keys(requests).flatMap((name) => [
      ...amountCauses(requests, name, `${path}.requests`),
      ...excessCauses(limits, requests, name, path),
    ]),
  ];
}

function amountCauses(amounts: Amounts, name: string, path: string): FieldCause[] {
  const amount = String(amounts[name]);
  const field = `${path}[${name}]`;
  const quantity = parseQuantity(amount);
  const isNegative = quantity !== undefined && compareQuantities(quantity, ZERO) < 0;
  return [...resourceNameCauses(name, field), ...(isNegative ? [invalidCause(field, amount, "must be greater than or equal to 0")] : [])];
}

function resourceNameCauses(name: string, field: string): FieldCause[] {
  if (STANDARD.has(name) || name.startsWith("hugepages-")) return [];
  const wrong = qualifiedNameErrors(name).map((text) => invalidCause(field, name, text));
  if (wrong.length > 0 || name.includes("/")) return wrong;
  return [
    invalidCause(field, name, "must be a standard resource type or fully qualified"),
    invalidCause(field, name, "must be a standard resource for containers"),
  ];
}

function excessCauses(limits: Amounts, requests: Amounts, name: string, path: string): FieldCause[] {
  const limit = parseQuantity(String(limits[name] ?? ""));
  const request = parseQuantity(String(requests[name] ?? ""));
  if (limit === undefined)
    return name.includes("/") ? [requiredCause(`${path}.limits`, "Limit must be set for non overcommitable resources")] : [];
  if (request === undefined || compareQuantities(request, limit) <= 0) return [];
  return [invalidCause(`${path}.requests`, String(requests[name]), `must be less than or equal to ${name} limit of ${limits[name]}`)];
}

/** The Pod's class of service, by which it is chosen for eviction. */
export function qosClass(spec: PodSpec): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const amounts = containers.flatMap((container) => ["cpu", "memory"].map((name) => pairOf(container, name)));
  if (amounts.every(({ limit, request }) => limit === undefined && request === undefined)) return "BestEffort";
  const isGuaranteed = amounts.every(
    ({ limit, request }) => limit !== undefined && (request === undefined || compareQuantities(limit, request) === 0),
  );
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

function pairOf(container: Container, name: string): { limit: Quantity | undefined; request: Quantity | undefined } {
  return { limit: positive(container.resources?.limits?.[name]), request: positive(container.resources?.requests?.[name]) };
}

function positive(amount: string | number | undefined): Quantity | undefined {
  const quantity = amount === undefined ? undefined : parseQuantity(String(amount));
  return quantity !== undefined && quantity.nanos > 0n ? quantity : undefined;
}
