import assert from "node:assert/strict";
import { it } from "node:test";
import protobuf from "protobufjs/minimal.js";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import { builtinKinds } from "../../../api/builtin.ts";
import { describe as describeType } from "../../../api/descriptions/texts.ts";
import { documentV2 } from "./v2.ts";
import { encodeV2 } from "./v2-protobuf.ts";

/** The fields of a message, undecoded. */
function fields(bytes: Uint8Array): Map<number, (Uint8Array | number)[]> {
  const reader = protobuf.Reader.create(bytes);
  const out = new Map<number, (Uint8Array | number)[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const value = (tag & 7) === 2 ? reader.bytes() : (tag & 7) === 1 ? reader.double() : reader.uint32();
    out.set(tag >>> 3, [...(out.get(tag >>> 3) ?? []), value]);
  }
  return out;
}

function inner(bytes: Uint8Array, ...path: readonly number[]): Uint8Array {
  return path.reduce((message, field) => fields(message).get(field)?.[0] as Uint8Array, bytes);
}

/** The value of the pair with this name in a repeated field of `Named...` messages. */
function pair(bytes: Uint8Array, field: number, name: string): Uint8Array {
  const all = (fields(bytes).get(field) ?? []) as Uint8Array[];
  const found = all.find((one) => text(inner(one, 1)) === name);
  assert.ok(found, name);
  return inner(found, 2);
}

const decoder = new TextDecoder();
const text = (bytes: Uint8Array): string => decoder.decode(bytes);

/** What is said of the containers of a Pod. */
function describedContainers(): string | undefined {
  const name = "io.k8s.api.core.v1.PodSpec";
  return describeType(name, builtinDefinitions[name] ?? {}).properties?.["containers"]?.description;
}

it("OpenAPI v2 as protobuf carries definitions with types, references and merge keys, and operations with their kinds", () => {
  const bytes = encodeV2(documentV2(builtinKinds, builtinDefinitions, describeType));
  assert.equal(text(inner(bytes, 1)), "2.0");
  const podSpec = pair(inner(bytes, 9), 1, "io.k8s.api.core.v1.PodSpec");
  assert.equal(text(inner(podSpec, 22, 1)), "object");
  assert.equal(text(inner(podSpec, 19)), "containers");
  const containers = pair(inner(podSpec, 25), 1, "containers");
  assert.equal(text(inner(containers, 22, 1)), "array");
  assert.equal(text(inner(containers, 4)), describedContainers());
  assert.equal(text(inner(containers, 23, 1, 1)), "#/definitions/io.k8s.api.core.v1.Container");
  assert.equal(text(inner(pair(containers, 31, "x-kubernetes-patch-merge-key"), 2)), '"name"\n');
  const path = pair(inner(bytes, 8), 2, "/api/v1/namespaces/{namespace}/configmaps/{name}");
  const patch = inner(path, 8);
  assert.equal(text(inner(patch, 5)), "patchCoreV1NamespacedConfigMap");
  assert.equal(text(inner(pair(patch, 13, "x-kubernetes-group-version-kind"), 2)), '{"group":"","version":"v1","kind":"ConfigMap"}\n');
  const names = (fields(patch).get(8) as Uint8Array[]).map((item) =>
    text(fields(inner(item, 1)).has(2) ? inner(item, 1, 2, 3, 4) : inner(item, 1, 1, 2)),
  );
  assert.deepEqual(names, ["body", "dryRun", "fieldManager", "fieldValidation", "force"]);
});
