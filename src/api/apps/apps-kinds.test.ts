import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contextOf, causesTable, cellsTable, defaultsTable, shaped } from "../meta/kind-table.contract.ts";
import { deploymentKind } from "./deployment.ts";
import { replicaSetKind } from "./replica-set.ts";

const MISMATCH = "`selector` does not match template `labels`";
const TEMPLATE = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
const SELECTOR = { matchLabels: { a: "b" } };
const DEFAULTED_TEMPLATE = {
  metadata: { labels: { a: "b" } },
  spec: {
    containers: [
      {
        name: "c",
        image: "i",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "Always",
      },
    ],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  },
};

function workload(rest: object = {}) {
  return { spec: { selector: SELECTOR, template: TEMPLATE, ...rest } };
}

describe("Deployment", () => {
  defaultsTable(deploymentKind, [
    [
      "the minimum; a client's status is dropped",
      { ...workload(), status: { replicas: 7 } },
      {
        spec: {
          replicas: 1,
          selector: SELECTOR,
          template: DEFAULTED_TEMPLATE,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
        },
        status: {},
      },
    ],
  ]);

  causesTable(deploymentKind, [
    ["good", workload(), []],
    [
      "without spec",
      {},
      [
        "spec.selector: Required value",
        `spec.template.metadata.labels: Invalid value: null: ${MISMATCH}`,
        "spec.template.spec.containers: Required value",
      ],
    ],
    [
      "selector does not match",
      workload({ template: { ...TEMPLATE, metadata: { labels: { a: "c" } } } }),
      [`spec.template.metadata.labels: Invalid value: {"a":"c"}: ${MISMATCH}`],
    ],
    ["empty selector", workload({ selector: {} }), ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"]],
    [
      "selector changes",
      workload({ selector: { matchLabels: {}, matchExpressions: [{ key: "a", operator: "Exists" }] } }),
      ['spec.selector: Invalid value: {"matchLabels":{},"matchExpressions":[{"key":"a","operator":"Exists"}]}: field is immutable'],
      workload(),
    ],
    ["negative replicas", workload({ replicas: -1 }), ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]],
    [
      "template that ends",
      workload({ template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, restartPolicy: "Never" } } }),
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      "strategy",
      workload({ strategy: { type: "X" } }),
      ['spec.strategy.type: Unsupported value: "X": supported values: "Recreate", "RollingUpdate"'],
    ],
    [
      "Recreate with rollingUpdate",
      workload({ strategy: { type: "Recreate", rollingUpdate: {} } }),
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      "no way to roll",
      workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
    ],
    [
      "deadline before ready",
      workload({ minReadySeconds: 600 }),
      ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"],
    ],
  ]);

  cellsTable(deploymentKind, [
    ["none ready", { ...workload({ replicas: 1 }), status: { updatedReplicas: 1 } }, ["x", "0/1", 1, 0, "60m", "c", "i", "a=b"]],
    [
      "expressions",
      {
        ...workload({
          replicas: 2,
          selector: { matchLabels: { z: "1" }, matchExpressions: [{ key: "a", operator: "In", values: ["y", "x"] }] },
        }),
        status: { readyReplicas: 2 },
      },
      ["x", "2/2", 0, 0, "60m", "c", "i", "a in (x,y),z=1"],
    ],
  ]);

  it("a write of the status is not held against the spec", () => {
    const broken = shaped(deploymentKind, {});
    assert.equal(deploymentKind.strategy.validate?.(broken as never, { ...contextOf(broken), subresource: "status" }), undefined);
  });
});

describe("ReplicaSet", () => {
  defaultsTable(replicaSetKind, [
    ["the minimum", workload(), { spec: { replicas: 1, selector: SELECTOR, template: DEFAULTED_TEMPLATE }, status: { replicas: 0 } }],
  ]);
  causesTable(replicaSetKind, [
    ["empty selector", workload({ selector: {} }), ["spec.selector: Invalid value: {}: empty selector is invalid for replicaset"]],
  ]);
  cellsTable(replicaSetKind, [
    ["one", { ...workload({ replicas: 1 }), status: { replicas: 1, readyReplicas: 0 } }, ["x", 1, 1, 0, "60m", "c", "i", "a=b"]],
  ]);
});
