import { describe } from "node:test";
import { leaseKind } from "./coordination/lease.ts";
import { endpointSliceKind } from "./discovery/endpoint-slice.ts";
import { eventsV1EventKind } from "./events/event.ts";
import { causesTable, cellsTable, defaultsTable } from "./meta/kind-table.contract.ts";
import { clusterRoleBindingKind } from "./rbac/cluster-role-binding.ts";
import { clusterRoleKind } from "./rbac/cluster-role.ts";
import { roleBindingKind } from "./rbac/role-binding.ts";
import { roleKind } from "./rbac/role.ts";

const RBAC = "rbac.authorization.k8s.io";
const IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

describe("EndpointSlice", () => {
  const slice = { addressType: "IPv4", endpoints: [{ addresses: ["127.0.0.1"] }], ports: [{ port: 80 }] };
  defaultsTable(endpointSliceKind, [
    [
      "ports and conditions",
      slice,
      { addressType: "IPv4", endpoints: [{ addresses: ["127.0.0.1"], conditions: {} }], ports: [{ name: "", protocol: "TCP", port: 80 }] },
    ],
  ]);
  causesTable(endpointSliceKind, [
    ["loopback is good", slice, []],
    ["no type", { endpoints: [] }, ["addressType: Required value"]],
    [
      "addresses and ports",
      { addressType: "IPv4", endpoints: [{ addresses: [] }, { addresses: ["a"] }, { addresses: ["::1"] }], ports: [{ port: 0 }, {}] },
      [
        "endpoints[0].addresses: Required value: must contain at least 1 address",
        `endpoints[1].addresses[0]: Invalid value: "a": ${IP_TEXT}`,
        'endpoints[2].addresses[0]: Invalid value: "::1": must be a valid IPv4 address',
        "ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        'ports[1].name: Duplicate value: ""',
      ],
    ],
    [
      "the type changes",
      { ...slice, addressType: "FQDN", endpoints: [] },
      ['addressType: Invalid value: "FQDN": field is immutable'],
      slice,
    ],
  ]);
  cellsTable(endpointSliceKind, [
    ["empty", { addressType: "IPv4", endpoints: [] }, ["x", "IPv4", "<unset>", "<unset>", "60m"]],
    [
      "four endpoints",
      { addressType: "IPv4", ports: [{ port: 80 }, {}], endpoints: ["1", "2", "3", "4"].map((n) => ({ addresses: [`10.0.0.${n}`] })) },
      ["x", "IPv4", "80,*", "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...", "60m"],
    ],
  ]);
});

describe("Lease", () => {
  causesTable(leaseKind, [
    ["duration", { spec: { leaseDurationSeconds: 0 } }, ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]],
  ]);
  cellsTable(leaseKind, [["held", { spec: { holderIdentity: "me" } }, ["x", "me", "60m"]]]);
});

describe("events.k8s.io Event", () => {
  cellsTable(eventsV1EventKind, [
    [
      "prints as the older form",
      {
        eventTime: "2024-05-31T23:57:47.000000Z",
        regarding: { kind: "Pod", name: "a" },
        type: "Warning",
        reason: "FailedScheduling",
        note: "no nodes",
        reportingController: "default-scheduler",
        reportingInstance: "default-scheduler-vm",
      },
      ["2m13s", "Warning", "FailedScheduling", "pod/a", "", "default-scheduler, default-scheduler-vm", "no nodes", "2m13s", 1, "x"],
    ],
  ]);
});

describe("RBAC", () => {
  const rule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
  causesTable(roleKind, [
    ["good", { rules: [rule] }, []],
    [
      "rules that allow nothing",
      { rules: [{}] },
      [
        "rules[0].verbs: Required value: verbs must contain at least one value",
        "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
        "rules[0].resources: Required value: resource rules must supply at least one resource",
      ],
    ],
    [
      "URLs",
      { rules: [{ verbs: ["get"], nonResourceURLs: ["/x"] }] },
      ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
    ],
  ]);
  causesTable(clusterRoleKind, [["URLs", { rules: [{ verbs: ["get"], nonResourceURLs: ["/x"] }] }, []]]);
  cellsTable(roleKind, [["created at", {}, ["x", "2024-05-31T23:00:00Z"]]]);
  cellsTable(clusterRoleKind, [["created at", {}, ["x", "2024-05-31T23:00:00Z"]]]);

  const roleRef = { apiGroup: RBAC, kind: "Role", name: "r" };
  const subjects = [
    { kind: "User", name: "alice" },
    { kind: "Group", name: "g" },
    { kind: "ServiceAccount", name: "s", namespace: "n" },
  ];
  defaultsTable(roleBindingKind, [
    [
      "groups",
      { roleRef: { kind: "Role", name: "r" }, subjects },
      {
        roleRef,
        subjects: [
          { kind: "User", name: "alice", apiGroup: RBAC },
          { kind: "Group", name: "g", apiGroup: RBAC },
          { kind: "ServiceAccount", name: "s", namespace: "n" },
        ],
      },
    ],
  ]);
  causesTable(roleBindingKind, [
    [
      "who and what",
      { roleRef: { kind: "X" }, subjects: [{ kind: "ServiceAccount", name: "s" }, { kind: "Robot" }] },
      [
        'roleRef.kind: Unsupported value: "X": supported values: "ClusterRole", "Role"',
        "roleRef.name: Required value",
        "subjects[0].namespace: Required value",
        "subjects[1].name: Required value",
        'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
    [
      "roleRef changes",
      { roleRef: { ...roleRef, name: "q" } },
      [`roleRef: Invalid value: {"apiGroup":"${RBAC}","kind":"Role","name":"q"}: cannot change roleRef`],
      { roleRef },
    ],
  ]);
  causesTable(clusterRoleBindingKind, [
    ["a Role", { roleRef }, ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']],
  ]);
  const row = ["x", "Role/r", "60m", "alice", "g", "n/s"];
  cellsTable(roleBindingKind, [["all subjects", { roleRef, subjects }, row]]);
  cellsTable(clusterRoleBindingKind, [["all subjects", { roleRef, subjects }, row]]);
});
