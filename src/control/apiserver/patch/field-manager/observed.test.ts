/** The recorded story of one real API server, step by step: requests on ConfigMaps and the managedFields after each. */
import expected from "./observed.fixture.json" with { type: "json" };
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinDefinitions } from "../../../../api/k8s/definitions.ts";
import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { scaleManagers } from "./scale.ts";
import { applyPatch, managersAfter, PATCH_TYPES, type PatchResult, type Target } from "../patch.ts";

const EXPECTED: Readonly<Record<keyof typeof expected, string>> = expected;

const CONFIG_MAP: Target = {
  definitions: builtinDefinitions,
  definition: "io.k8s.api.core.v1.ConfigMap",
  apiVersion: "v1",
  kind: "ConfigMap",
  hasStatus: false,
  custom: false,
};

const DEPLOYMENT: Target = {
  ...CONFIG_MAP,
  definition: "io.k8s.api.apps.v1.Deployment",
  apiVersion: "apps/v1",
  kind: "Deployment",
  hasStatus: true,
};

/** A stored object and the writes on it, as the API server would make them. */
class Session {
  object: KubeObject | undefined;
  readonly target: Target;
  subresource = "";
  #second = 0;

  constructor(target: Target, object?: KubeObject) {
    this.target = target;
    this.object = object;
  }

  write(name: string, updated: KubeObject): void {
    this.#store(updated, managersAfter(this.target, this.object, updated, this.#writer(name)));
  }

  patch(name: string, type: keyof typeof PATCH_TYPES, body: unknown, force = false): PatchResult {
    const result = applyPatch({
      target: this.target,
      contentType: PATCH_TYPES[type],
      body: JSON.stringify(body),
      live: this.object,
      writer: this.#writer(name),
      force,
    });
    if (result.kind === "patched") this.write(name, result.object);
    if (result.kind === "applied") this.#store(result.object, result.managedFields);
    return result;
  }

  apply(name: string, body: object, force = false): PatchResult {
    const { apiVersion, kind } = this.target;
    return this.patch(name, "apply", { apiVersion, kind, metadata: { name: "x" }, ...body }, force);
  }

  /** One line an entry, in order. */
  lines(): string[] {
    return (this.object?.metadata.managedFields ?? []).map(
      ({ manager, operation, apiVersion, subresource, fieldsV1 }) =>
        `${[manager, operation, apiVersion, subresource].filter(Boolean).join(" ")}: ${JSON.stringify(fieldsV1)}`,
    );
  }

  #writer(name: string) {
    const time = `2026-11-23T20:00:${String(this.#second++).padStart(2, "0")}Z`;
    return { name, apiVersion: this.target.apiVersion, subresource: this.subresource, time };
  }

  #store(object: KubeObject, managedFields: ManagedFieldsEntry[] | undefined): void {
    const { managedFields: _old, ...metadata } = object.metadata;
    this.object = { ...object, metadata: { ...metadata, uid: "u", ...(managedFields === undefined ? {} : { managedFields }) } };
  }
}

const object = (rest: object, metadata: object = {}): KubeObject =>
  ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "default", ...metadata }, ...rest }) as KubeObject;

const A_METADATA = `"f:metadata":{"f:labels":{".":{},"f:l":{}}}`;

describe("managedFields as a real API server writes them", () => {
  it("create, update, merge patch, JSON patch, reset, first apply", () => {
    const s = new Session(CONFIG_MAP);
    s.write("mA", object({ data: { a: "1", b: "1" } }, { labels: { l: "1" } }));
    assert.deepEqual(s.lines(), [`mA Update v1: {"f:data":{".":{},"f:a":{},"f:b":{}},${A_METADATA}}`]);
    s.write("mB", object({ data: { a: "2", b: "1", c: "1" } }, { labels: { l: "1" } }));
    assert.deepEqual(s.lines(), [
      `mA Update v1: {"f:data":{".":{},"f:b":{}},${A_METADATA}}`,
      `mB Update v1: {"f:data":{"f:a":{},"f:c":{}}}`,
    ]);
    s.patch("mA", "merge", { data: { a: "3", c: null } });
    const alone = [`mA Update v1: {"f:data":{".":{},"f:a":{},"f:b":{}},${A_METADATA}}`];
    assert.deepEqual(s.lines(), alone);
    const before = s.object?.metadata.managedFields;
    s.patch("mC", "merge", { data: { a: "3" } });
    assert.deepEqual(s.object?.metadata.managedFields, before, "a patch without a change moves no time");
    s.patch("mC", "json", [{ op: "add", path: "/data/j", value: "1" }]);
    assert.deepEqual(s.lines(), [...alone, `mC Update v1: {"f:data":{"f:j":{}}}`]);
    s.patch("mC", "merge", { metadata: { managedFields: [{}] } });
    assert.equal(s.object?.metadata.managedFields, undefined);
    s.patch("mD", "merge", { data: { k: "1" } });
    assert.equal(s.object?.metadata.managedFields, undefined, "nobody is tracked after a reset");
    s.apply("ap1", { data: { a: "3", p: "1" } }, true);
    assert.deepEqual(s.lines(), [
      `ap1 Apply v1: {"f:data":{"f:a":{},"f:p":{}}}`,
      `before-first-apply Update v1: {"f:data":{".":{},"f:a":{},"f:b":{},"f:j":{},"f:k":{}},${A_METADATA}}`,
    ]);
  });

  it("apply: create, again, shared, conflict, force, removal, empty set", () => {
    const s = new Session(CONFIG_MAP);
    const metadata = { name: "x", labels: { x: "1" } };
    s.apply("ap1", { metadata, data: { a: "1", b: "1" } });
    const first = `ap1 Apply v1: {"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:x":{}}}}`;
    assert.deepEqual(s.lines(), [first]);
    const times = s.object?.metadata.managedFields;
    const again = s.apply("ap1", { metadata, data: { a: "1", b: "1" } });
    assert.equal(again.kind === "applied" && again.changed, false);
    assert.deepEqual(s.object?.metadata.managedFields, times);
    s.apply("ap2", { data: { a: "1" } });
    assert.deepEqual(s.lines(), [`ap2 Apply v1: {"f:data":{"f:a":{}}}`, first], "an entry without time comes first");
    const conflict = s.apply("ap2", { data: { a: "2" } });
    assert.deepEqual(conflict.kind === "refused" && conflict.error.status, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'Apply failed with 1 conflict: conflict with "ap1": .data.a',
      reason: "Conflict",
      details: { causes: [{ reason: "FieldManagerConflict", message: 'conflict with "ap1"', field: ".data.a" }] },
      code: 409,
    });
    s.apply("ap2", { data: { a: "2" } }, true);
    assert.deepEqual(s.lines(), [
      `ap1 Apply v1: {"f:data":{"f:b":{}},"f:metadata":{"f:labels":{"f:x":{}}}}`,
      `ap2 Apply v1: {"f:data":{"f:a":{}}}`,
    ]);
    s.apply("ap1", { data: { z: "1" } });
    assert.deepEqual(s.lines().toSorted(), [`ap1 Apply v1: {"f:data":{"f:z":{}}}`, `ap2 Apply v1: {"f:data":{"f:a":{}}}`]);
    assert.deepEqual([(s.object as { data?: object }).data, s.object?.metadata.labels], [{ a: "2", z: "1" }, undefined]);
    s.apply("ap1", {});
    assert.deepEqual(s.lines(), [`ap2 Apply v1: {"f:data":{"f:a":{}}}`]);
    assert.deepEqual((s.object as { data?: object }).data, { a: "2" });
    s.patch("ap2", "merge", { data: { u: "1" } });
    assert.deepEqual(s.lines(), [`ap2 Apply v1: {"f:data":{"f:a":{}}}`, `ap2 Update v1: {"f:data":{"f:u":{}}}`]);
  });

  it("finalizers are a set, owner references a list by uid", () => {
    const s = new Session(CONFIG_MAP, object({}));
    const uid = "11111111-2222-3333-4444-555555555555";
    s.apply("ap", { data: { a: "1" } });
    s.patch("mO", "merge", {
      metadata: {
        annotations: { an: "1" },
        finalizers: ["example.com/a"],
        ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid }],
      },
    });
    assert.equal(s.lines().at(-1), EXPECTED.owned);
    s.patch("mO", "merge", { metadata: { finalizers: null, ownerReferences: null } });
    assert.equal(s.lines().at(-1), `mO Update v1: {"f:metadata":{"f:annotations":{".":{},"f:an":{}}}}`);
  });

  it("kubectl apply, client side to server side and back", () => {
    const annotation = "kubectl.kubernetes.io/last-applied-configuration";
    const last = (data: object) => JSON.stringify({ apiVersion: "v1", data, kind: "ConfigMap", metadata: { name: "x" } });
    const s = new Session(CONFIG_MAP);
    s.write(
      "kubectl-client-side-apply",
      object({ data: { a: "1", b: "1" } }, { annotations: { [annotation]: `${last({ a: "1", b: "1" })}\n` } }),
    );
    const taken = s.apply("kubectl", { data: { a: "2", b: "1" } });
    assert.equal(taken.kind, "applied", "what client-side apply left as it was is no conflict for kubectl");
    assert.equal(s.object?.metadata.annotations?.[annotation], `${last({ a: "2", b: "1" })}\n`, "the annotation follows");
  });

  it("kubectl may not take over what somebody else has changed since", () => {
    const annotation = "kubectl.kubernetes.io/last-applied-configuration";
    const last = (data: object) => JSON.stringify({ apiVersion: "v1", data, kind: "ConfigMap", metadata: { name: "x" } });
    const other = new Session(CONFIG_MAP);
    other.write("kubectl-client-side-apply", object({ data: { a: "1" } }, { annotations: { [annotation]: `${last({ a: "0" })}\n` } }));
    assert.equal(other.apply("kubectl", { data: { a: "2" } }).kind, "refused", "somebody changed the value since");
  });

  it("kubectl moves the fields of client-side apply to server-side apply", () => {
    const annotation = "kubectl.kubernetes.io/last-applied-configuration";
    const annotations = { [annotation]: "{}" };
    const s = new Session(CONFIG_MAP);
    s.write("kubectl-client-side-apply", object({ data: { a: "1", b: "1" } }, { annotations }));
    s.apply("kubectl", { data: { a: "1", b: "1" } });
    s.apply("kubectl-last-applied", {
      metadata: { name: "x", annotations: { [annotation]: s.object?.metadata.annotations?.[annotation] } },
    });
    const entry = { operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" };
    const owned = { "f:metadata": { "f:annotations": { [`f:${annotation}`]: {} } } };
    const moved = [
      { manager: "kubectl", ...entry, fieldsV1: { "f:data": { ".": {}, "f:a": {}, "f:b": {} }, ...owned } },
      { manager: "kubectl-last-applied", ...entry, fieldsV1: owned },
    ];
    s.patch("kubectl", "json", [{ op: "replace", path: "/metadata/managedFields", value: moved }]);
    assert.deepEqual(s.object?.metadata.managedFields, moved);
    s.apply("kubectl", { data: { a: "1", b: "1" } });
    const last = `kubectl-last-applied Apply v1: ${JSON.stringify(owned)}`;
    assert.deepEqual(s.lines(), ['kubectl Apply v1: {"f:data":{"f:a":{},"f:b":{}}}', last]);
    s.apply("kubectl", { data: { a: "1" } });
    assert.deepEqual(s.lines(), [last, 'kubectl Apply v1: {"f:data":{"f:a":{}}}'], "the entry that changed has a time now");
    assert.deepEqual((s.object as { data?: object }).data, { a: "1" });
    s.patch("kubectl-client-side-apply", "strategic", { data: { b: "1" }, metadata: { annotations: { [annotation]: "{1}" } } });
    assert.deepEqual(s.lines(), [
      'kubectl Apply v1: {"f:data":{"f:a":{}}}',
      `kubectl-client-side-apply Update v1: {"f:data":{"f:b":{}},"f:metadata":{"f:annotations":{"f:${annotation}":{}}}}`,
    ]);
  });
});

const TEMPLATE_SPEC = {
  containers: [
    {
      name: "c",
      image: "i",
      args: ["a"],
      env: [{ name: "E", value: "1" }],
      imagePullPolicy: "Always",
      ports: [{ containerPort: 80, protocol: "TCP" }],
      resources: {},
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      volumeMounts: [{ mountPath: "/v", name: "v" }],
    },
  ],
  dnsPolicy: "ClusterFirst",
  restartPolicy: "Always",
  schedulerName: "default-scheduler",
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  tolerations: [{ key: "k", operator: "Exists" }],
  volumes: [{ name: "v", emptyDir: {} }],
};

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "mfd", namespace: "default", labels: { a: "b" } },
  spec: {
    paused: true,
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { a: "b" } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    template: { metadata: { labels: { a: "b" } }, spec: TEMPLATE_SPEC },
  },
  status: {},
} as unknown as KubeObject;

const CREATED = EXPECTED.created;

const WIDGET: Target = {
  definitions: {
    "com.example.v1.Widget": {
      type: "object",
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" },
        spec: {
          type: "object",
          properties: {
            size: { type: "integer" },
            list: {
              type: "array",
              items: { type: "object", properties: { k: { type: "string" }, v: { type: "string" } } },
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": ["k"],
            },
          },
        },
        status: { type: "object", properties: { size: { type: "integer" }, conditions: { type: "array", items: { type: "object" } } } },
      },
    },
    ...builtinDefinitions,
  },
  definition: "com.example.v1.Widget",
  apiVersion: "example.com/v1",
  kind: "Widget",
  hasStatus: true,
  custom: true,
};

describe("managedFields of a custom resource", () => {
  it("apply, status by merge patch, status by apply", () => {
    const s = new Session(WIDGET);
    s.apply("ap1", { spec: { size: 1, list: [{ k: "a", v: "1" }] } });
    const spec = `ap1 Apply example.com/v1: {"f:spec":{"f:list":{"k:{\\"k\\":\\"a\\"}":{".":{},"f:k":{},"f:v":{}}},"f:size":{}}}`;
    assert.deepEqual(s.lines(), [spec]);
    s.subresource = "status";
    s.patch("ctl", "merge", { status: { size: 3, conditions: [{ type: "Ready" }] }, spec: { size: 9 } });
    assert.deepEqual(s.lines(), [spec, `ctl Update example.com/v1 status: {"f:status":{".":{},"f:conditions":{},"f:size":{}}}`]);
    s.apply("ctl2", { status: { size: 4 } }, true);
    assert.deepEqual(s.lines(), [
      spec,
      `ctl2 Apply example.com/v1 status: {"f:status":{"f:size":{}}}`,
      `ctl Update example.com/v1 status: {"f:status":{".":{},"f:conditions":{}}}`,
    ]);
  });

  it("tells conflicts with several managers apart, and names the subresource", () => {
    const s = new Session(CONFIG_MAP);
    s.write("unknown", object({ data: { a: "1" } }));
    s.patch("curlm", "merge", { data: { u: "1", v: "1" } });
    const result = s.apply("m2", { data: { a: "n", u: "2", v: "2" } });
    const error = result.kind === "refused" ? result.error : undefined;
    assert.equal(
      error?.message,
      'Apply failed with 3 conflicts: conflicts with "curlm" using v1:\n- .data.u\n- .data.v\n' +
        'conflicts with "unknown" using v1:\n- .data.a',
    );
    assert.equal(error.status.details?.causes?.length, 3);
    const d = new Session(DEPLOYMENT);
    d.write("mA", deployment);
    const scale = { name: "mScale", operation: "Update", apiVersion: "apps/v1", path: "spec.replicas" } as const;
    const managedFields = scaleManagers(d.object?.metadata.managedFields ?? [], scale);
    assert.equal(managedFields?.[0]?.manager, "mScale", "without a time, so first");
    d.object = { ...deployment, metadata: { ...deployment.metadata, uid: "u", ...(managedFields ? { managedFields } : {}) } };
    assert.deepEqual(d.lines(), ['mScale Update apps/v1 scale: {"f:spec":{"f:replicas":{}}}', CREATED.replace('"f:replicas":{},', "")]);
    const conflict = d.apply("ap1", { spec: { replicas: 5 } });
    assert.equal(
      conflict.kind === "refused" && conflict.error.message,
      'Apply failed with 1 conflict: conflict with "mScale" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it("owns keys that every object inherits", () => {
    const s = new Session(CONFIG_MAP);
    s.write("m", object({ data: { a: "1" } }));
    s.write("n", object({ data: { a: "1", constructor: "x", toString: "y" } }));
    assert.equal(s.lines().at(-1), 'n Update v1: {"f:data":{"f:constructor":{},"f:toString":{}}}');
  });
});

describe("managedFields of a Deployment", () => {
  it("create, strategic merge patch, status, apply over a defaulted key", () => {
    const s = new Session(DEPLOYMENT);
    s.write("mA", deployment);
    assert.deepEqual(s.lines(), [CREATED]);
    s.patch("mS", "strategic", { spec: { template: { spec: { containers: [{ name: "c", env: [{ name: "F", value: "2" }] }] } } } });
    const strategic = EXPECTED.strategic;
    assert.deepEqual(s.lines(), [CREATED, strategic]);
    s.subresource = "status";
    s.patch("mStat", "merge", { status: { observedGeneration: 1, conditions: [{ type: "X", status: "True", lastUpdateTime: null }] } });
    assert.equal(s.lines().at(-1), EXPECTED.status);
    s.subresource = "";
    const ports = [{ containerPort: 80 }];
    const spec = { replicas: 1, template: { spec: { containers: [{ name: "c", image: "i", ports }] } } };
    s.apply("ap1", { spec });
    assert.equal(s.lines()[0], EXPECTED.applied);
    const conflict = s.apply("ap1", { spec: { ...spec, replicas: 5 } });
    assert.equal(
      conflict.kind === "refused" && conflict.error.message,
      'Apply failed with 1 conflict: conflict with "mA" using apps/v1: .spec.replicas',
    );
  });
});
