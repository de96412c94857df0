import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { duplicateFields } from "./duplicates.ts";

function duplicates(text: string): readonly string[] {
  return duplicateFields(text, JSON.parse(text));
}

it("names fields that are there twice, with their path", () => {
  assert.deepEqual(duplicates('{"data":{"a":"1","a":"2"}}'), ['duplicate field "data.a"']);
  assert.deepEqual(duplicates('{"spec": {"l": [ {"a":1} , {"b" : [], "b":{"c":1}, "b":true} ]}, "spec" :null}'), [
    'duplicate field "spec.l[1].b"',
    'duplicate field "spec.l[1].b"',
    'duplicate field "spec"',
  ]);
  assert.deepEqual(duplicates('{"a\\"b":1,"a\\u0022b":2}'), ['duplicate field "a\\"b"']);
});

it("finds none in what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      assert.deepEqual(duplicates(JSON.stringify(value, null, indent)), []);
    }),
  );
});

it("finds exactly the one that was planted", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (fields) => {
      const text = JSON.stringify(fields);
      const [first = ""] = Object.keys(JSON.parse(text) as object);
      const planted = `${text.slice(0, -1)},${JSON.stringify(first)}:0}`;
      assert.deepEqual(duplicates(planted), [`duplicate field ${JSON.stringify(first)}`]);
    }),
  );
});
