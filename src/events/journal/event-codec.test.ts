import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MalformedBytes } from "./bytes.ts";
import type { JournalEvent } from "./contract.ts";
import { decodeEvent, encodeEvent } from "./event-codec.ts";

const name = fc.oneof(fc.constantFrom("id", "source", "type", "time", "knativebrokerttl"), fc.string({ minLength: 1, maxLength: 20 }));
const value = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeNat(),
  fc.double({ noNaN: true }),
  fc.uint8Array({ maxLength: 40 }),
);
const attributes = fc.dictionary(name, value, { noNullPrototype: true });
const anyEvent: fc.Arbitrary<JournalEvent> = fc.oneof(
  fc.record({ attributes }, { noNullPrototype: true }),
  fc.record({ attributes, data: fc.uint8Array({ maxLength: 300 }) }, { noNullPrototype: true }),
);

test("an event survives encoding, with an absent and an empty body told apart", () => {
  fc.assert(fc.property(anyEvent, (event) => assert.deepEqual(decodeEvent(encodeEvent(event)), event)));
  assert.equal("data" in decodeEvent(encodeEvent({ attributes: {} })), false);
  assert.equal(decodeEvent(encodeEvent({ attributes: {}, data: new Uint8Array() })).data?.length, 0);
});

test("an attribute called __proto__ is an attribute", () => {
  const decoded = decodeEvent(encodeEvent({ attributes: JSON.parse('{"__proto__":"x"}') as Record<string, string> }));
  assert.deepEqual(Object.keys(decoded.attributes), ["__proto__"]);
});

test("bytes that are no event are malformed, whatever they are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeEvent(bytes);
      } catch (error) {
        assert.ok(error instanceof MalformedBytes, String(error));
      }
    }),
  );
  assert.throws(() => decodeEvent(Uint8Array.of(2, 0, 0)), /version 2/);
});

test("the usual attributes cost their values and two bytes each", () => {
  const event = { attributes: { specversion: "1.0", id: "a", source: "/s", type: "t" }, data: new Uint8Array(10) };
  assert.equal(encodeEvent(event).length, 3 + 4 * 3 + 3 + 1 + 2 + 1 + 10);
});
