import { describe } from "node:test";
import { causesTable, cellsTable, defaultsTable } from "../meta/kind-table.contract.ts";
import { serviceKind } from "./service.ts";

const COMMON = { sessionAffinity: "None", internalTrafficPolicy: "Cluster" };
const STATUS = { status: { loadBalancer: {} } };

describe("Service", () => {
  defaultsTable(serviceKind, [
    [
      "ClusterIP",
      { spec: { ports: [{ port: 80 }] } },
      { spec: { type: "ClusterIP", ports: [{ port: 80, protocol: "TCP", targetPort: 80 }], ...COMMON }, ...STATUS },
    ],
    [
      "a client's status is dropped, a named target is kept",
      {
        spec: { clusterIP: "None", ports: [{ port: 80, targetPort: "named" }] },
        status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
      },
      { spec: { type: "ClusterIP", clusterIP: "None", ports: [{ port: 80, protocol: "TCP", targetPort: "named" }], ...COMMON }, ...STATUS },
    ],
    [
      "LoadBalancer",
      { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } },
      {
        spec: {
          type: "LoadBalancer",
          ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
          externalTrafficPolicy: "Cluster",
          allocateLoadBalancerNodePorts: true,
          ...COMMON,
        },
        ...STATUS,
      },
    ],
    [
      "ExternalName",
      { spec: { type: "ExternalName", externalName: "x.example.com" } },
      { spec: { type: "ExternalName", externalName: "x.example.com", sessionAffinity: "None" }, ...STATUS },
    ],
    [
      "ClientIP",
      { spec: { clusterIP: "None", sessionAffinity: "ClientIP" } },
      {
        spec: {
          type: "ClusterIP",
          clusterIP: "None",
          ...COMMON,
          sessionAffinity: "ClientIP",
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
        },
        ...STATUS,
      },
    ],
  ]);

  causesTable(serviceKind, [
    [
      "port 0",
      { spec: { ports: [{ port: 0 }] } },
      [
        "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
      ],
    ],
    ["no ports", { spec: {} }, ["spec.ports: Required value"]],
    ["headless needs none", { spec: { clusterIP: "None" } }, []],
    [
      "several ports need names, and differ",
      { spec: { ports: [{ port: 80 }, { port: 80, name: "a" }, { port: 81, name: "a" }] } },
      [
        "spec.ports[0].name: Required value",
        'spec.ports[2].name: Duplicate value: "a"',
        'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
      ],
    ],
    [
      "type and affinity",
      { spec: { type: "X", sessionAffinity: "Y", ports: [{ port: 1 }] } },
      [
        'spec.sessionAffinity: Unsupported value: "Y": supported values: "ClientIP", "None"',
        'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    ["ExternalName without name", { spec: { type: "ExternalName" } }, ["spec.externalName: Required value"]],
  ]);

  const spec = { type: "ClusterIP", clusterIP: "10.96.0.77", clusterIPs: ["10.96.0.77"], ports: [{ port: 80, protocol: "TCP" }] };
  cellsTable(serviceKind, [
    ["ClusterIP", { spec }, ["x", "ClusterIP", "10.96.0.77", "<none>", "80/TCP", "60m", "<none>"]],
    [
      "NodePort",
      {
        spec: {
          ...spec,
          type: "NodePort",
          ports: [
            { port: 80, nodePort: 30_000, protocol: "TCP" },
            { port: 53, protocol: "UDP" },
          ],
          selector: { b: "2", a: "1" },
        },
      },
      ["x", "NodePort", "10.96.0.77", "<none>", "80:30000/TCP,53/UDP", "60m", "a=1,b=2"],
    ],
    [
      "pending balancer",
      { spec: { ...spec, type: "LoadBalancer" } },
      ["x", "LoadBalancer", "10.96.0.77", "<pending>", "80/TCP", "60m", "<none>"],
    ],
    [
      "ExternalName",
      { spec: { type: "ExternalName", externalName: "e.example.com" } },
      ["x", "ExternalName", "<none>", "e.example.com", "<none>", "60m", "<none>"],
    ],
  ]);
});
