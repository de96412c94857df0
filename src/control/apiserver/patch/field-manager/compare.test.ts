import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinDefinitions } from "../../../../api/k8s/definitions.ts";
import { compareObjects } from "./compare.ts";
import { EMPTY, setOf, union } from "./fields-v1.ts";
import { typeModel } from "./type-model.ts";

const pod = typeModel(builtinDefinitions, "io.k8s.api.core.v1.Pod");
const named = (labels: object) => ({ kind: "Pod", metadata: { name: "a", labels } });

test("what is skipped whole is not looked at, what is skipped itself only in what is below it", () => {
  const skip = setOf([["f:kind"], ["f:metadata"], ["f:metadata", "f:name"]]);
  assert.deepEqual(compareObjects(pod, {}, named({ x: "1" }), skip), {
    added: { "f:metadata": { "f:labels": { ".": {}, "f:x": {} } } },
    modified: EMPTY,
    removed: EMPTY,
  });
  assert.deepEqual(compareObjects(pod, named({ x: "1" }), { ...named({ x: "1" }), kind: "Other" }, skip).modified, EMPTY);
});

test("what appears whole and what disappears whole is the same set, duplicates of a list as leaves", () => {
  const env = [
    { name: "A", value: "1" },
    { name: "A", value: "2" },
    { name: "B", valueFrom: {} },
  ];
  const spec = { containers: [{ name: "c", env, resources: {}, ports: null }] };
  const items = { ".": {}, 'k:{"name":"A"}': {}, 'k:{"name":"B"}': { ".": {}, "f:name": {}, "f:valueFrom": {} } };
  const container = { ".": {}, "f:env": items, "f:name": {}, "f:ports": {}, "f:resources": {} };
  const set = { "f:spec": { "f:containers": { 'k:{"name":"c"}': container } } }; // both have a value anyway
  assert.deepEqual(compareObjects(pod, {}, { spec }).added, set);
  assert.deepEqual(compareObjects(pod, { spec }, {}).removed, set);
});

test("a union that brings nothing new is the set itself", () => {
  const set = setOf([["f:a"], ["f:a", "f:b"], ["f:c"]]);
  assert.equal(union(setOf([["f:a", "f:b"]]), set), set);
  assert.deepEqual(union(setOf([["f:a", "f:d"], ["f:c"], ["f:c", "f:e"]]), set), {
    "f:a": { ".": {}, "f:b": {}, "f:d": {} },
    "f:c": { ".": {}, "f:e": {} },
  });
});
