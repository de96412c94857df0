import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRecord } from "../../../std/json.ts";
import fixtures from "./go-objects.json" with { type: "json" };
import { decodeProtobuf, definitionOf, encodeProtobuf } from "./protobuf.ts";

type Fixture = { readonly hex: string; readonly json: Record<string, unknown> };
const FIXTURES = fixtures as unknown as readonly Fixture[];

function decoded(hex: string): Record<string, unknown> {
  const result = decodeProtobuf(Buffer.from(hex, "hex"));
  if (result.kind !== "ok") assert.fail(JSON.stringify(result));
  return result.object;
}

/** Go's JSON without what kubectl's users do not write: null, empty structs and zero values that Go cannot leave out. */
function withoutGoNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutGoNoise(item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, withoutGoNoise(member)] as const);
  return Object.fromEntries(entries.filter(([name, member]) => !isNoise(name, member)));
}

/** Structs by value with omitempty: Go's encoding/json shows them as `{}` although nobody set them. */
const BY_VALUE = new Set(["metadata", "spec", "status", "strategy", "resources", "source", "loadBalancer", "conditions", "user"]);

function isNoise(name: string, member: unknown): boolean {
  if (member === null) return true;
  if (isRecord(member) && Object.keys(member).length === 0) return BY_VALUE.has(name);
  return (name === "divisor" && member === "0") || (name === "targetPort" && member === 0);
}

for (const { hex, json } of FIXTURES) {
  const name = `${String(json["kind"])} ${String((json["metadata"] as { name?: string } | undefined)?.name ?? "")}`.trim();
  test(`${name} from Go decodes to the JSON that Go writes`, () => {
    assert.deepEqual(withoutGoNoise(decoded(hex)), withoutGoNoise(json));
  });

  test(`${name} encodes to the bytes that Go writes`, () => {
    assert.equal(Buffer.from(encodeProtobuf(json) ?? []).toString("hex"), hex);
    assert.equal(Buffer.from(encodeProtobuf(decoded(hex)) ?? []).toString("hex"), hex);
  });
}

const POD = FIXTURES[0]?.hex ?? "";

function outcome(bytes: Uint8Array): string {
  const result = decodeProtobuf(bytes);
  return result.kind === "malformed" ? result.message : result.kind;
}

/** An envelope around the raw bytes of one object. */
function envelope(apiVersion: string, kind: string, raw: readonly number[]): Uint8Array {
  const meta = [...field(1, Buffer.from(apiVersion)), ...field(2, Buffer.from(kind))];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0x00, ...field(1, meta), ...field(2, raw)]);
}

function field(number: number, content: Iterable<number>): number[] {
  const body = [...content];
  return [(number << 3) | 2, ...varint(body.length), ...body];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

test("a body that does not begin with k8s and a zero byte is named as such", () => {
  for (const body of ["", "k8s", '{"kind":"Pod"}']) assert.match(outcome(Buffer.from(body)), /expected prefix \[107 56 115 0\]/);
});

test("a truncated body is malformed or ends at a field, and never a crash", () => {
  const whole = Buffer.from(POD, "hex");
  for (let length = 4; length < whole.length; length++) {
    const result = outcome(whole.subarray(0, length));
    assert.ok(result !== "", `cut at ${length}`);
    if (length > 20 && length < whole.length - 4) assert.match(result, /EOF|index out of range/, `cut at ${length}`);
  }
});

test("any bytes give an outcome, not an exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("Pod", "Secret", "CustomResourceDefinition"), (bytes, kind) => {
      const apiVersion = kind === "CustomResourceDefinition" ? "apiextensions.k8s.io/v1" : "v1";
      assert.ok(["ok", "malformed"].includes(decodeProtobuf(envelope(apiVersion, kind, [...bytes])).kind));
    }),
    { numRuns: 500 },
  );
});

test("one changed byte gives an outcome, not an exception", () => {
  const whole = Buffer.from(POD, "hex");
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      assert.ok(outcome(changed) !== "");
    }),
    { numRuns: 500 },
  );
});

test("a schema nested too deep is refused before the stack ends", () => {
  let schema: number[] = [];
  for (let depth = 0; depth < 3_000; depth++) schema = [0xe2, 0x01, ...varint(schema.length), ...schema];
  const versions = field(7, field(4, field(1, schema)));
  const body = envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", field(2, versions));
  assert.match(outcome(body), /exceeded maximum message depth/);
});

test("nested groups are refused", () => {
  const groups = Array.from({ length: 100_000 }, () => 0x0b);
  assert.match(outcome(envelope("v1", "Pod", groups)), /illegal wireType|illegal tag|wrong wireType/);
});

test("varints without end and lengths beyond the body are refused", () => {
  assert.notEqual(
    outcome(
      envelope(
        "v1",
        "Pod",
        Array.from({ length: 50 }, () => 0xff),
      ),
    ),
    "ok",
  );
  assert.notEqual(outcome(envelope("v1", "Pod", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])), "ok");
});

test("a field of the wrong wire type is named", () => {
  assert.equal(outcome(envelope("v1", "Pod", [0x08, 0x01])), "proto: wrong wireType = 0 for field metadata");
});

test("unknown fields are skipped, as Go skips them", () => {
  const field900 = [0xa2, 0x38, ...varint(3), 1, 2, 3];
  const result = decodeProtobuf(envelope("v1", "Pod", [...field900, ...field(1, field(1, Buffer.from("p")))]));
  assert.deepEqual(result, { kind: "ok", object: { kind: "Pod", apiVersion: "v1", metadata: { name: "p" } } });
});

test("kinds without a protobuf form are told apart from malformed bytes", () => {
  const result = decodeProtobuf(envelope("serving.knative.dev/v1", "Service", []));
  assert.deepEqual(result, { kind: "unknownKind", apiVersion: "serving.knative.dev/v1", objectKind: "Service" });
  assert.equal(encodeProtobuf({ apiVersion: "serving.knative.dev/v1", kind: "Service" }), undefined);
});

test("DeleteOptions and Status are known under any group version", () => {
  assert.match(definitionOf("apps/v1", "DeleteOptions") ?? "", /meta\.v1\.DeleteOptions$/);
  assert.match(definitionOf("v1", "Status") ?? "", /meta\.v1\.Status$/);
  assert.match(definitionOf("v1", "PodList") ?? "", /core\.v1\.PodList$/);
  for (const kind of ["toString", "__proto__", "constructor", "", "List"]) assert.equal(definitionOf("v1", kind), undefined, kind);
});

test("a map key named __proto__ stays a key", () => {
  const result = decoded(
    Buffer.from(encodeProtobuf({ apiVersion: "v1", kind: "ConfigMap", data: JSON.parse('{"__proto__":"x"}') }) ?? []).toString("hex"),
  );
  assert.deepEqual(Object.keys(result["data"] as object), ["__proto__"]);
  assert.equal(JSON.stringify(result["data"]), '{"__proto__":"x"}');
});

test("what is encoded decodes to the same object", () => {
  const word = fc.string({ minLength: 1, unit: "grapheme" });
  const container = fc.record(
    {
      name: word,
      image: word,
      args: fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }),
      env: fc.array(fc.record({ name: word, value: word }), { minLength: 1 }),
      ports: fc.array(fc.record({ name: word, containerPort: fc.integer({ min: 1, max: 65_535 }) }), { minLength: 1 }),
      livenessProbe: fc.record({ tcpSocket: fc.record({ port: fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), word) }) }),
      securityContext: fc.record({ runAsUser: fc.maxSafeInteger(), privileged: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: ["name"] },
  );
  const pod = fc.record({
    kind: fc.constant("Pod"),
    apiVersion: fc.constant("v1"),
    metadata: fc.record({ name: word, labels: fc.dictionary(word, fc.string(), { minKeys: 1 }), generation: fc.integer({ min: 1 }) }),
    spec: fc.record({
      containers: fc.array(container, { minLength: 1, maxLength: 3 }),
      terminationGracePeriodSeconds: fc.maxSafeInteger(),
    }),
  });
  fc.assert(
    fc.property(pod, (object) => {
      const plain = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
      assert.deepEqual(decoded(Buffer.from(encodeProtobuf(plain) ?? []).toString("hex")), plain);
    }),
    { numRuns: 200 },
  );
});
