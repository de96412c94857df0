import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Namespace } from "../k8s/types.generated.ts";
import { causesTable, cellsTable, defaultsTable, shaped } from "../meta/kind-table.contract.ts";
import { configMapKind } from "./config-map.ts";
import { endpointsKind } from "./endpoints.ts";
import { eventKind } from "./event.ts";
import { namespaceKind } from "./namespace.ts";
import { nodeKind } from "./node.ts";
import { secretKind } from "./secret.ts";
import { serviceAccountKind } from "./service-account.ts";

const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or " +
  "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const MIB = 1024 * 1024;

describe("Namespace", () => {
  defaultsTable(namespaceKind, [
    [
      "label, finalizer, phase; a client's status is dropped",
      { metadata: { name: "a" }, status: { phase: "Terminating" } },
      {
        metadata: { name: "a", labels: { "kubernetes.io/metadata.name": "a" } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      },
    ],
  ]);
  it("an update neither drops nor adds finalizers", () => {
    const old = shaped(namespaceKind, { metadata: { name: "a" } });
    const sent = { metadata: { name: "a" }, spec: { finalizers: ["mine"] } };
    assert.deepEqual((shaped(namespaceKind, sent, old) as Namespace).spec, { finalizers: ["kubernetes"] });
    assert.deepEqual((shaped(namespaceKind, { metadata: { name: "a" } }, old) as Namespace).spec, { finalizers: ["kubernetes"] });
  });
  cellsTable(namespaceKind, [["active", { status: { phase: "Active" } }, ["x", "Active", "60m"]]]);
});

describe("ConfigMap", () => {
  defaultsTable(configMapKind, [["nothing", { data: { a: "1" } }, { data: { a: "1" } }]]);
  causesTable(configMapKind, [
    ["good", { data: { "a.b_c-D": "1" } }, []],
    ["key", { data: { "a b": "1" } }, [`data[a b]: Invalid value: "a b": ${KEY_TEXT}`]],
    [
      "key that leaves its directory",
      { data: { "..": "1", "..a": "1" } },
      ["data[..]: Invalid value: \"..\": must not be '..'", "data[..a]: Invalid value: \"..a\": must not start with '..'"],
    ],
    [
      "key in both",
      { data: { a: "1" }, binaryData: { a: "AA==" } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    ["too large", { data: { a: "x".repeat(MIB), b: "y" } }, ["[]: Too long: may not be more than 1048576 bytes"]],
    ["as large as may be", { data: { a: "é".repeat(MIB / 2) } }, []],
    [
      "immutable data",
      { immutable: true, data: { a: "2" } },
      ["data: Forbidden: field is immutable when `immutable` is set"],
      { immutable: true, data: { a: "1" } },
    ],
    [
      "immutable mark",
      { data: { a: "1" } },
      ["immutable: Forbidden: field is immutable when `immutable` is set"],
      { immutable: true, data: { a: "1" } },
    ],
  ]);
  cellsTable(configMapKind, [["data and binaryData", { data: { a: "1" }, binaryData: { b: "AA==" } }, ["x", 2, "60m"]]]);
});

describe("Secret", () => {
  defaultsTable(secretKind, [
    [
      "stringData is merged",
      { data: { k: "AA==", o: "AA==" }, stringData: { k: "v", u: "é" } },
      { data: { k: "dg==", o: "AA==", u: "w6k=" }, type: "Opaque" },
    ],
  ]);
  causesTable(secretKind, [
    ["type left out of an update", {}, [], { type: "foo/bar" }],
    ["type changes", { type: "foo/bar" }, ['type: Invalid value: "foo/bar": field is immutable'], {}],
    ["tls without key", { type: "kubernetes.io/tls", data: { "tls.crt": "AA==" } }, ["data[tls.key]: Required value"]],
    [
      "token without account",
      { type: "kubernetes.io/service-account-token" },
      ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
    ],
    ["too large", { data: { a: "A".repeat(2 * MIB) } }, ["data: Too long: may not be more than 1048576 bytes"]],
    [
      "immutable",
      { immutable: true, data: { a: "AA==" } },
      ["data: Forbidden: field is immutable when `immutable` is set"],
      { immutable: true, data: { a: "AQ==" } },
    ],
  ]);
  cellsTable(secretKind, [["opaque", { type: "Opaque", data: { a: "" } }, ["x", "Opaque", 1, "60m"]]]);
});

describe("ServiceAccount", () => {
  cellsTable(serviceAccountKind, [["without secrets", {}, ["x", 0, "60m"]]]);
});

describe("Endpoints", () => {
  defaultsTable(endpointsKind, [
    ["protocol", { subsets: [{ ports: [{ port: 1 }] }] }, { subsets: [{ ports: [{ port: 1, protocol: "TCP" }] }] }],
  ]);
  causesTable(endpointsKind, [
    ["loopback is good", { subsets: [{ addresses: [{ ip: "127.0.0.1" }, { ip: "::1" }], ports: [{ port: 1 }] }] }, []],
    [
      "address, port, names",
      { subsets: [{ addresses: [{ ip: "1.2.3.400" }], ports: [{ port: 0, name: "a" }, { port: 1 }] }, {}] },
      [
        `subsets[0].addresses[0].ip: Invalid value: "1.2.3.400": ${IP_TEXT}`,
        "subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "subsets[0].ports[1].name: Required value",
        "subsets[1]: Required value: must specify `addresses` or `notReadyAddresses`",
      ],
    ],
  ]);
  cellsTable(endpointsKind, [
    ["none", {}, ["x", "<none>", "60m"]],
    [
      "more than three",
      { subsets: [{ addresses: ["1", "2", "3", "4", "5"].map((n) => ({ ip: `10.0.0.${n}` })), ports: [{ port: 80 }] }] },
      ["x", "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...", "60m"],
    ],
  ]);
});

describe("Node", () => {
  const unknown = ["<none>", "<none>", "<unknown>", "<unknown>", "<unknown>"];
  cellsTable(nodeKind, [
    ["not ready", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } }, ["x", "NotReady", "<none>", "60m", "", ...unknown]],
    [
      "ready, cordoned, with roles",
      {
        metadata: { labels: { "node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/control-plane": "" } },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: "Ready", status: "True" }],
          addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
          nodeInfo: { kubeletVersion: "v1", osImage: "os", kernelVersion: "6", containerRuntimeVersion: "k://1" },
        },
      },
      ["x", "Ready,SchedulingDisabled", "control-plane,worker", "60m", "v1", "10.0.0.1", "<none>", "os", "6", "k://1"],
    ],
  ]);
});

describe("Event", () => {
  const about = { kind: "Pod", name: "a", namespace: "default", fieldPath: "spec.containers{c}" };
  causesTable(eventKind, [
    ["same namespace", { metadata: { namespace: "default" }, involvedObject: about }, []],
    [
      "other namespace",
      { metadata: { namespace: "b" }, involvedObject: about },
      ['involvedObject.namespace: Invalid value: "default": does not match event.namespace'],
    ],
    ["about a node", { metadata: { namespace: "default" }, involvedObject: { kind: "Node", name: "n" } }, []],
  ]);
  cellsTable(eventKind, [
    [
      "old form",
      {
        involvedObject: about,
        type: "Warning",
        reason: "BackOff",
        message: "text\n",
        source: { component: "kubelet", host: "n" },
        firstTimestamp: "2024-05-31T23:50:00Z",
        lastTimestamp: "2024-05-31T23:59:00Z",
        count: 3,
      },
      ["60s", "Warning", "BackOff", "pod/a", "spec.containers{c}", "kubelet, n", "text", "10m", 3, "x"],
    ],
    [
      "new form",
      {
        involvedObject: { kind: "Pod", name: "a" },
        type: "Normal",
        reason: "R",
        eventTime: "2024-05-31T23:58:00.000000Z",
        reportingComponent: "c",
        reportingInstance: "",
      },
      ["2m", "Normal", "R", "pod/a", "", "c", "", "2m", 1, "x"],
    ],
  ]);
});
