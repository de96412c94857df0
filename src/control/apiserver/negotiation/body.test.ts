import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../api/meta/errors.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import { fromRequest } from "../http/standard.ts";
import { BODY_LIMIT, readObject, readOptionalObject } from "./body.ts";
import { encodeProtobuf } from "./protobuf.ts";

function post(body: BodyInit | null, type?: string): Promise<ApiRequest> {
  const request = new Request("http://api/", { method: "POST", body, duplex: "half" } as RequestInit);
  if (type === undefined) request.headers.delete("content-type");
  else request.headers.set("content-type", type);
  return fromRequest(request);
}

async function refusal(body: BodyInit | null, type?: string): Promise<string> {
  try {
    readObject(await post(body, type), { kind: "ConfigMap" });
    return "accepted";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code} ${error.reason} ${error.message}`;
  }
}

const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } };
const UNRECOGNIZED = "400 BadRequest the object provided is unrecognized (must be of type ConfigMap): ";

test("JSON, YAML and protobuf bodies give the same object", async () => {
  const json = JSON.stringify(object);
  const bodies: [BodyInit, string | undefined][] = [
    [json, "application/json"],
    [json, "application/json; charset=utf-8"],
    [json, undefined],
    ["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n", "application/yaml"],
    [json, "Application/YAML"],
    [encodeProtobuf(object) as BodyInit, "application/vnd.kubernetes.protobuf"],
  ];
  for (const [body, type] of bodies) assert.deepEqual(readObject(await post(body, type), { kind: "ConfigMap" }).object, object);
});

test("malformed bodies get the texts of a real server", async () => {
  const rows: [string, string, string][] = [
    [
      '{"apiVersion":"v1","kind":"ConfigMap",',
      "application/json",
      'couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":"v1","kind":"Con ...)',
    ],
    ["", "application/json", "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"],
    ["a: b: c\n", "application/yaml", "yaml: mapping values are not allowed in this context (613a20623a20630a)"],
    [
      "hello",
      "application/json",
      "couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)",
    ],
    [
      "k8s",
      "application/vnd.kubernetes.protobuf",
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (6b3873)",
    ],
  ];
  for (const [body, type, text] of rows) assert.equal(await refusal(body, type), UNRECOGNIZED + text);
});

test("bodies that are no object are refused", async () => {
  for (const body of ["[]", "1", '"x"', "null", "true"]) {
    assert.match(
      await refusal(body, "application/json"),
      /^400 BadRequest .*json: cannot unmarshal (array|number|string|null|bool) into Go value/,
    );
    assert.match(await refusal(body, "application/yaml"), /^400 BadRequest .*json: cannot unmarshal/);
  }
});

test("unknown content types are 415 and name what is accepted", async () => {
  const text = "415 UnsupportedMediaType the body of the request was in an unknown format - accepted media types include: ";
  for (const type of ["text/plain", "application/jsonx", "application/cbor", "application/json-patch+json", "multipart/form-data"]) {
    assert.equal(await refusal("a=b", type), `${text}application/json, application/yaml, application/vnd.kubernetes.protobuf`);
  }
  const request = await post("k8s", "application/vnd.kubernetes.protobuf");
  assert.throws(() => readObject(request, { kind: "Widget", protobuf: false }), {
    message: "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
  });
});

test("a body over the limit is 413, also when its length is not announced", async () => {
  const text = "413 RequestEntityTooLarge Request entity too large: limit is 3145728";
  assert.equal(await refusal("x".repeat(BODY_LIMIT + 1), "application/json"), text);
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  assert.equal(await refusal(endless, "application/json"), text);
  assert.ok(pulled < BODY_LIMIT + 4 * 65_536, "it stops reading at the limit");
  const { body } = await post("x".repeat(BODY_LIMIT), "application/json");
  assert.equal(body.kind === "bytes" && body.bytes.length, BODY_LIMIT);
});

test("a delete may have no body, and DeleteOptions are decoded in every form", async () => {
  const options = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0, propagationPolicy: "Foreground" };
  assert.equal(readOptionalObject(await post(null), { kind: "DeleteOptions" }), undefined);
  for (const [body, type] of [
    [JSON.stringify(options), "application/json"],
    [encodeProtobuf(options) as BodyInit, "application/vnd.kubernetes.protobuf"],
  ] as const) {
    assert.deepEqual(readOptionalObject(await post(body, type), { kind: "DeleteOptions" })?.object, options);
  }
});

test("YAML that multiplies itself is refused in bounded time", async () => {
  const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(",")}]`);
  assert.match(await refusal(`a0: &a0 x\n${levels.join("\n")}\n`, "application/yaml"), /yaml: document contains excessive aliasing/);
});

test("YAML and JSON nested without end are answered, not crashed on", async () => {
  assert.match(await refusal("[".repeat(100_000), "application/yaml"), /^400 BadRequest/);
  assert.match(await refusal('{"a":'.repeat(100_000), "application/json"), /^400 BadRequest/);
});

test("YAML scalars are read as Go reads them", async () => {
  const text =
    "a: yes\nb: 0644\nc: 12:30:45\nd: 2026-11-24\ne: off\nf: 1e3\ng: '1'\nh: ~\ni: 0x10\nj: y\nk: 0o17\nl: 1_000\n" +
    "base: &b {x: 1}\nm: {<<: *b, z: 2}\n---\nsecond: 1\n";
  const { object: found } = readObject(await post(text, "application/yaml"), { kind: "ConfigMap" });
  const scalars = { a: true, b: 420, c: "12:30:45", d: "2026-11-24", e: false, f: 1000, g: "1", h: null, i: 16, j: true, k: 15, l: 1000 };
  assert.deepEqual(found, { ...scalars, base: { x: 1 }, m: { x: 1, z: 2 } });
});

test("long YAML is refused unless it is JSON as well, which any size may be", async () => {
  const padding = "x".repeat(300_000);
  assert.match(await refusal(`kind: ConfigMap\ndata: {a: ${padding}}\n`, "application/yaml"), /yaml: longer than 262144 characters/);
  assert.equal(await refusal(JSON.stringify({ ...object, data: { a: padding } }), "application/yaml"), "accepted");
});

test("rows of dashes are text, not nesting", async () => {
  assert.equal(await refusal(`# ${"-".repeat(500)}\nkind: ConfigMap\ndata: {a: "${"[]".repeat(500)}"}\n`, "application/yaml"), "accepted");
});

test("the text comes along, so that duplicate fields can be found", async () => {
  const json = '{"kind":"ConfigMap","kind":"ConfigMap"}';
  assert.deepEqual(readObject(await post(json, "application/json"), { kind: "ConfigMap" }).source, { format: "json", text: json });
  const yaml = "kind: ConfigMap\nkind: ConfigMap\n";
  assert.deepEqual(readObject(await post(yaml, "application/yaml"), { kind: "ConfigMap" }).source, { format: "yaml", text: yaml });
});
