import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { defaultManagerName } from "./field-manager/reset.ts";
import { applyPatch, managersAfter, PATCH_TYPES, type Target } from "./patch.ts";

const CONFIG_MAP: Target = {
  definitions: builtinDefinitions,
  definition: "io.k8s.api.core.v1.ConfigMap",
  apiVersion: "v1",
  kind: "ConfigMap",
  hasStatus: false,
  custom: false,
};
const POD: Target = { ...CONFIG_MAP, definition: "io.k8s.api.core.v1.Pod", kind: "Pod", hasStatus: true };

const live = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "e1", uid: "u" }, data: { a: "1" } } as unknown as KubeObject;

interface Ask {
  readonly target?: Target;
  readonly contentType: string;
  readonly body: string;
  readonly manager?: string;
}

function ask({ target = CONFIG_MAP, contentType, body, manager = "m" }: Ask) {
  const writer = { name: manager, apiVersion: target.apiVersion, subresource: "", time: "2026-01-01T00:00:00Z" };
  return applyPatch({ target, contentType, body, live, writer, force: false });
}

function refusal(asked: Ask) {
  const result = ask(asked);
  assert.equal(result.kind, "refused");
  const { code, reason, message, details } = result.kind === "refused" ? result.error.status : {};
  return [code, reason, message, details];
}

const REJECTED = "the server rejected our request due to an error in our request";

/** Content type, body, answer: as recorded from a real API server. */
const REFUSALS: readonly (readonly [keyof typeof PATCH_TYPES, string, readonly unknown[]])[] = [
  ["json", '[{"op":"test","path":"/data/a","value":"9"}]', [422, "Invalid", REJECTED, {}]],
  ["json", '[{"op":"frob","path":"/data/x"}]', [422, "Invalid", REJECTED, {}]],
  [
    "json",
    '{"op":"add"}',
    [400, "BadRequest", "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp", undefined],
  ],
  ["merge", '{"data":', [400, "BadRequest", "error decoding patch: unexpected end of JSON input", undefined]],
  [
    "apply",
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"e3","managedFields":[{"manager":"x"}]}}',
    [400, "BadRequest", "metadata.managedFields must be nil", undefined],
  ],
  ["apply", '{"kind":"ConfigMap"}', [400, "BadRequest", "invalid object type: /, Kind=ConfigMap", undefined]],
  [
    "apply",
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"e3"},"zzz":1}',
    [500, undefined, "failed to create typed patch object (/e3; /v1, Kind=ConfigMap): .zzz: field not declared in schema", undefined],
  ],
];

describe("patch", () => {
  it("refuses with the texts of a real API server", () => {
    for (const [type, body, expected] of REFUSALS) assert.deepEqual(refusal({ contentType: PATCH_TYPES[type], body }), expected, body);
  });

  it("refuses strategic merge of custom resources and other content types", () => {
    assert.deepEqual(refusal({ contentType: "application/json", body: "{}" }), [
      415,
      "UnsupportedMediaType",
      "415: Unsupported Media Type",
      {},
    ]);
    const message =
      "the body of the request was in an unknown format - accepted media types include: " +
      "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    const custom = refusal({ target: { ...CONFIG_MAP, custom: true }, contentType: PATCH_TYPES.strategic, body: "{}" });
    assert.deepEqual(custom, [415, "UnsupportedMediaType", message, undefined]);
  });

  it("refuses apply without a manager and with two items of one key", () => {
    const containers = ["i", "j"].map((image) => ({ name: "c", image }));
    const body = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "px" }, spec: { containers } });
    assert.deepEqual(refusal({ target: POD, contentType: PATCH_TYPES.apply, body, manager: "" }), [
      422,
      "Invalid",
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: "meta.k8s.io",
        kind: "PatchOptions",
        causes: [{ reason: "FieldValueRequired", message: "Required value: is required for apply patch", field: "fieldManager" }],
      },
    ]);
    assert.deepEqual(refusal({ target: POD, contentType: PATCH_TYPES.apply, body }), [
      500,
      undefined,
      'failed to create typed patch object (/px; /v1, Kind=Pod): .spec.containers: duplicate entries for key [name="c"]',
      undefined,
    ]);
  });

  it("applies YAML", () => {
    const result = ask({ contentType: `${PATCH_TYPES.apply}; charset=utf-8`, body: "apiVersion: v1\nkind: ConfigMap\ndata:\n  b: '2'\n" });
    assert.deepEqual(result.kind === "applied" && (result.object as { data?: object }).data, { a: "1", b: "2" });
  });

  it("survives hostile YAML", () => {
    const row = (name: string, item: string) => `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(",")}]
`;
    const bomb = row("a", "x") + row("b", "*a") + row("c", "*b") + row("d", "*c");
    for (const body of ["- 1", "a: [", "!!js/function x", bomb, ""])
      assert.equal(ask({ contentType: PATCH_TYPES.apply, body }).kind, "refused", body);
  });

  it("refuses what is nested too deeply, at once or operation by operation", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    for (const type of ["merge", "strategic", "apply"] as const)
      assert.equal(ask({ contentType: PATCH_TYPES[type], body: deep }).kind, "refused");
    const level = [
      { op: "add", path: "/m", value: {} },
      { op: "move", from: "/n", path: "/m/x" },
      { op: "move", from: "/m", path: "/n" },
    ];
    const body = JSON.stringify([{ op: "add", path: "/n", value: 1 }, ...Array.from({ length: 3000 }, () => level).flat()]);
    assert.equal(ask({ contentType: PATCH_TYPES.json, body }).kind, "refused");
  });

  it("names the manager of a client after its User-Agent", () => {
    assert.equal(defaultManagerName("kubectl/v1.34.4 (linux/amd64) kubernetes/abc"), "kubectl");
    assert.equal(defaultManagerName("curl"), "curl");
    assert.equal(defaultManagerName(""), "unknown");
    assert.equal(defaultManagerName(undefined), "unknown");
  });
});

describe("managers", () => {
  const writer = (name: string, second: number) => ({
    name,
    apiVersion: "v1",
    subresource: "",
    time: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
  });

  it("merges the oldest entries of more than ten updaters", () => {
    let object = { ...live, data: {} } as KubeObject & { data: Record<string, string> };
    for (let i = 0; i < 13; i++) {
      const next = { ...object, data: { ...object.data, [`k${i}`]: "v" } };
      const managedFields = managersAfter(CONFIG_MAP, i === 0 ? undefined : object, next, writer(`m${i}`, i));
      object = { ...next, metadata: { ...next.metadata, ...(managedFields === undefined ? {} : { managedFields }) } };
    }
    const entries = object.metadata.managedFields ?? [];
    assert.equal(entries.length, 10);
    assert.deepEqual(entries[0]?.manager, "ancient-changes");
    const merged = Object.fromEntries([".", "f:k0", "f:k1", "f:k2", "f:k3"].map((element) => [element, {}]));
    assert.deepEqual(entries[0]?.fieldsV1, { "f:data": merged });
  });

  it("keeps the stored entries when a client sends malformed ones", () => {
    const managedFields = managersAfter(CONFIG_MAP, undefined, live, writer("a", 0)) ?? [];
    const stored = { ...live, metadata: { ...live.metadata, managedFields } };
    const sent = { ...live, metadata: { ...live.metadata, managedFields: [{ manager: "evil", operation: "Frob" }] } };
    assert.deepEqual(managersAfter(CONFIG_MAP, stored, sent, writer("b", 1)), managedFields);
    let deep = {};
    for (let i = 0; i < 5000; i++) deep = { "f:x": deep };
    const nested = { manager: "evil", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: deep };
    const hostile = { ...live, metadata: { ...live.metadata, managedFields: [nested] } };
    assert.equal(managersAfter(CONFIG_MAP, stored, hostile, writer("b", 1)), undefined, "an entry that owns nothing is dropped");
  });
});
