import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isRecord } from "./json.ts";
import { ValuePool } from "./value-pool.ts";

const LIMITS = { strings: 100, values: 1000 };

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: object; readonly managedFields?: readonly { readonly fieldsV1: object }[] };
  readonly spec?: object;
}

const FIELDS = { "f:metadata": { "f:labels": { ".": {}, "f:app": {} } }, "f:data": { "f:text": {} } };

function withFields(uid: string): Named {
  const owner = { [`k:{"uid":"${uid}"}`]: {} };
  const entry = (fieldsV1: object) => ({ manager: "m", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1 });
  const own = { ...structuredClone(FIELDS), "f:metadata": { "f:ownerReferences": owner, "f:labels": { ".": {}, "f:app": {} } } };
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: uid, managedFields: [entry(structuredClone(FIELDS)), entry(own)] },
  } as unknown as Named;
}

const fieldsOf = (object: Named, index: number) => object.metadata.managedFields?.[index]?.fieldsV1 as typeof FIELDS;

test("objects of one kind share their managed fields, whole or in parts", () => {
  const pool = new ValuePool(LIMITS);
  const [a, b] = [pool.settle(withFields("a")), pool.settle(withFields("b"))] as const;
  assert.deepEqual([a, b], [withFields("a"), withFields("b")]);
  assert.equal(fieldsOf(a, 0), fieldsOf(b, 0));
  assert.notEqual(fieldsOf(a, 1), fieldsOf(b, 1));
  assert.equal(fieldsOf(a, 1)["f:data"], fieldsOf(b, 0)["f:data"]);
});

test("objects share equal labels, owners, conditions and templates, whatever their kind and wherever they are", () => {
  const pool = new ValuePool(LIMITS);
  const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ image: "i", ports: [{ containerPort: 8080 }] }] } };
  const deployment = pool.settle({ kind: "Deployment", metadata: { name: "d", labels: { app: "a" } }, spec: { template } } as Named);
  const text = JSON.stringify({ ...template, metadata: { labels: { app: "a", hash: "h" } } });
  const set = pool.settle({ kind: "ReplicaSet", metadata: { name: "r" }, spec: { template: JSON.parse(text) as object } } as Named);
  const templateOf = (object: Named) => (object as unknown as { spec: { template: typeof template } }).spec.template;
  assert.equal(templateOf(set).spec, templateOf(deployment).spec);
  assert.equal(templateOf(deployment).metadata.labels, deployment.metadata.labels);
  assert.notEqual(templateOf(set), templateOf(deployment));
  assert.equal(JSON.stringify(templateOf(set)), text);
});

test("what is settled is equal to what came in and frozen all the way down", () => {
  const pool = new ValuePool(LIMITS);
  const objects = fc.record({
    metadata: fc.record({ managedFields: fc.array(fc.record({ fieldsV1: fc.object() })) }),
    spec: fc.jsonValue(),
  });
  const property = fc.property(objects, (value) => {
    const json = JSON.stringify(value);
    const settled = pool.settle(JSON.parse(json) as Named);
    assert.equal(JSON.stringify(settled), json);
    assertFrozen(settled);
  });
  fc.assert(property);
});

test("a member with the name of a prototype stays one", () => {
  const text = '{"metadata":{"managedFields":[{"fieldsV1":{"__proto__":{"f:a":{}}}}]},"data":{"__proto__":"x"}}';
  const settled = new ValuePool(LIMITS).settle(JSON.parse(text) as Named);
  assert.equal(JSON.stringify(settled), text);
});

test("the pool forgets what was not met for long", () => {
  const pool = new ValuePool(LIMITS);
  const first = fieldsOf(pool.settle(withFields("first")), 1);
  for (let index = 0; index < 3000; index++) pool.settle(withFields(`${index}`));
  assert.notEqual(fieldsOf(pool.settle(withFields("first")), 1), first);
});

function assertFrozen(value: unknown): void {
  if (!isRecord(value) && !Array.isArray(value)) return;
  assert.ok(Object.isFrozen(value), JSON.stringify(value));
  for (const member of Object.values(value)) assertFrozen(member);
}
