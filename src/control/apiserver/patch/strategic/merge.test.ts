import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { builtinDefinitions } from "../../../../api/k8s/definitions.ts";
import { strategicMerge } from "./merge.ts";

type Bag = Readonly<Record<string, unknown>>;

interface Case {
  readonly kind: string;
  readonly live: Bag;
  readonly patch: Bag;
  readonly result?: Bag;
  readonly error?: string;
}

/** Answers of k8s.io/apimachinery v0.34.4 for random documents and patches. */
const cases = JSON.parse(readFileSync(new URL("./merge.fixture.json", import.meta.url), "utf8")) as readonly Case[];

const definitionOf = (kind: string): string => `io.k8s.api.${kind === "Deployment" ? "apps" : "core"}.v1.${kind}`;

function merge(kind: string, live: Bag, patch: Bag) {
  return strategicMerge({ definitions: builtinDefinitions, definition: definitionOf(kind), live, patch });
}

function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (inner === null ? undefined : inner)));
}

describe("strategic merge patch", () => {
  it("does what the real implementation does with random documents and patches", () => {
    assert.ok(cases.length >= 60);
    for (const [i, { kind, live, patch, result, error }] of cases.entries()) {
      const before = JSON.stringify([live, patch]);
      const actual = merge(kind, live, patch);
      assert.equal(JSON.stringify([live, patch]), before, "the arguments stay as they were");
      const label = `case ${i}: ${JSON.stringify({ live, patch })}`;
      if (error !== undefined) assert.equal(actual.kind === "refused" && actual.message, error, label);
      else assert.deepEqual(actual.kind === "ok" ? withoutNulls(actual.object) : actual, result, label);
    }
  });

  it("names the directive that it does not know, and the merge key that is missing", () => {
    const pod = { spec: { containers: [{ name: "c", image: "i" }] } };
    const unknown = merge("Pod", pod, { spec: { containers: [{ $patch: "frob", name: "c" }] } });
    assert.deepEqual(unknown, { kind: "refused", reason: "other", message: "unknown patch type: frob in map: map[$patch:frob name:c]" });
    const missing = merge("Pod", pod, { spec: { containers: [{ image: "x" }] } });
    assert.deepEqual(missing, { kind: "refused", reason: "other", message: "map: map[image:x] does not contain declared merge key: name" });
  });

  it("refuses malformed directives as a bad request", () => {
    const pod = { metadata: { finalizers: ["a/b"] } };
    for (const metadata of [{ "$deleteFromPrimitiveList/finalizers": "a/b" }, { $retainKeys: 1 }, { "$setElementOrder/finalizers": {} }]) {
      const result = merge("Pod", pod, { metadata });
      assert.equal(result.kind === "refused" && result.reason, "badRequest");
    }
  });

  it("takes a number of items that only their size limits", () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `n${i}`);
    const env = names.map((name) => ({ name, value: "1" }));
    const container = { name: "c", env: names.map((name) => ({ $patch: "delete", name })) };
    const patch = { spec: { containers: [{ ...container, "$setElementOrder/env": names.map((name) => ({ name })) }] } };
    const started = performance.now();
    assert.equal(merge("Pod", { spec: { containers: [{ name: "c", env }] } }, patch).kind, "ok");
    const labels = Object.fromEntries(names.map((name) => [name, "1"]));
    assert.equal(merge("Pod", { metadata: { labels } }, { metadata: { labels: { ...labels, $retainKeys: names } } }).kind, "ok");
    assert.ok(performance.now() - started < 5_000, "the work grows with the size, not with its square");
  });

  it("does not reach prototypes", () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1},"labels":{"__proto__":"x"}}}') as Bag;
    assert.equal(merge("Pod", { metadata: {} }, patch).kind, "ok");
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
