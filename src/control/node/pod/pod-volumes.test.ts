import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import { changesVolumes } from "./pod-volumes.ts";

function showing(fieldPath: string, metadata: Pod["metadata"]): Pod {
  const downwardAPI = { items: [{ path: "file", fieldRef: { fieldPath } }] };
  return { metadata, spec: { containers: [], volumes: [{ name: "v", projected: { sources: [{ downwardAPI }] } }] } };
}

const cases: readonly (readonly [fieldPath: string, after: Pod["metadata"], isSeen: boolean])[] = [
  ["metadata.namespace", { labels: { a: "2" }, annotations: { b: "2" } }, false],
  ["metadata.labels", { labels: { a: "1" }, annotations: { b: "2" } }, false],
  ["metadata.labels", { labels: { a: "2" }, annotations: { b: "1" } }, true],
  ["metadata.labels['a']", { labels: { a: "2" }, annotations: { b: "1" } }, true],
  ["metadata.annotations", { labels: { a: "1" }, annotations: { b: "2" } }, true],
];

for (const [fieldPath, after, isSeen] of cases) {
  test(`volumes: ${JSON.stringify(after)} is ${isSeen ? "" : "not "}seen where ${fieldPath} is shown`, () => {
    const before = { labels: { a: "1" }, annotations: { b: "1" } };
    assert.equal(changesVolumes(showing(fieldPath, before), showing(fieldPath, after)), isSeen);
  });
}
