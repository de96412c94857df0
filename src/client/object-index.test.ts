import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../api/meta/object.ts";
import { ObjectIndex } from "./object-index.ts";

const object = (name: string, color: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", labels: { color } },
});

test("an index value has none, one or many objects, through insertion, change and removal", () => {
  const index = new ObjectIndex<KubeObject>();
  index.addIndex("color", ({ metadata }) => [metadata.labels?.["color"] ?? ""]);
  const names = (color: string) => index.byIndex("color", color).map(({ metadata }) => metadata.name);
  assert.deepEqual(names("red"), []);
  index.set(object("a", "red"));
  index.set(object("a", "red"));
  assert.deepEqual(names("red"), ["a"]);
  index.set(object("b", "red"));
  index.set(object("c", "red"));
  assert.deepEqual(names("red"), ["a", "b", "c"]);
  index.set(object("b", "blue"));
  assert.deepEqual([names("red"), names("blue")], [["a", "c"], ["b"]]);
  index.delete({ namespace: "n", name: "b" });
  index.delete({ namespace: "n", name: "a" });
  assert.deepEqual([names("red"), names("blue")], [["c"], []]);
  index.delete({ namespace: "n", name: "c" });
  assert.deepEqual([names("red"), index.list("n")], [[], []]);
});

test("two objects under the same value twice are listed once", () => {
  const index = new ObjectIndex<KubeObject>();
  index.addIndex("twice", () => ["x", "x"]);
  for (const name of ["a", "b"]) index.set(object(name, "red"));
  assert.equal(index.byIndex("twice", "x").length, 2);
  index.delete({ namespace: "n", name: "a" });
  assert.equal(index.byIndex("twice", "x").length, 1);
});
