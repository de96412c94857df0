import assert from "node:assert/strict";
import test from "node:test";
import { deepClone } from "../../../std/json.ts";
import type { AdmissionContext, Kind } from "../../meta/kind.ts";
import type { KubeObject } from "../../meta/object.ts";
import { SERVING_NAMESPACE } from "../../names/kinetic.ts";
import { configurationKind } from "../configuration.ts";
import { routeKind } from "../route.ts";
import { knativeServiceKind } from "../service.ts";
import recorded from "./fixtures/observed-admissions.json" with { type: "json" };

/** Requests to a real Knative and what its webhooks answered. */
interface Admission {
  readonly label: string;
  readonly kind: "services" | "routes" | "configurations";
  readonly body: KubeObject;
  readonly code: number;
  readonly message?: string;
  readonly spec?: object;
  readonly warned: boolean;
}

const KINDS: Readonly<Record<Admission["kind"], Kind>> = {
  services: knativeServiceKind as unknown as Kind,
  routes: routeKind as unknown as Kind,
  configurations: configurationKind as unknown as Kind,
};

/** Members that the real server's schema prunes before the webhook sees them. */
const PRUNED = new Set(["bogus", "alsoBogus", "hostPort", "lifecycle", "stdin"]);

for (const admission of recorded as unknown as readonly Admission[]) {
  test(`admission of ${admission.kind}: ${admission.label} (${admission.code})`, () => {
    const { strategy } = KINDS[admission.kind];
    const draft = pruned(deepClone(admission.body)) as KubeObject;
    draft.metadata.namespace ??= "bad"; // the server takes it from the path
    const context = contextFor(admission);
    strategy.prepare?.(draft, context);
    strategy.default?.(draft, context);
    const refusal = strategy.validate?.(draft, context);
    assert.equal(messageOf(refusal, draft), admission.message?.trimEnd());
    if (admission.spec !== undefined) assert.deepEqual((draft as { spec?: unknown }).spec, admission.spec);
    if (admission.code !== 422) assert.equal((strategy.warnings?.(draft, context) ?? []).length > 0, admission.warned);
  });
}

function contextFor({ message }: Admission): AdmissionContext {
  const allowsZero = !message?.includes("not allowed by cluster");
  return {
    operation: "CREATE",
    subresource: "",
    user: "admin",
    now: 0,
    configMap: (namespace, name) =>
      namespace === SERVING_NAMESPACE && name === "config-autoscaler" ? { "allow-zero-initial-scale": String(allowsZero) } : undefined,
  };
}

function messageOf(refusal: ReturnType<NonNullable<Kind["strategy"]["validate"]>>, draft: KubeObject): string | undefined {
  if (refusal === undefined) return undefined;
  if (refusal.kind !== "invalid") return refusal.message.trimEnd();
  const [cause] = refusal.causes;
  return `Service.serving.knative.dev "${draft.metadata.name}" is invalid: ${cause?.field}: ${cause?.message}`;
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (PRUNED.has(key) ? [] : [[key, pruned(inner)]])));
}
