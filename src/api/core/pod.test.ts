import { describe } from "node:test";
import { causesTable, cellsTable, defaultsTable } from "../meta/kind-table.contract.ts";
import { podKind } from "./pod.ts";

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start " +
  "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const TOLERATIONS = ["not-ready", "unreachable"].map((trouble) => ({
  key: `node.kubernetes.io/${trouble}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));
const SPEC_DEFAULTS = {
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  serviceAccountName: "default",
  serviceAccount: "default",
  securityContext: {},
  schedulerName: "default-scheduler",
  tolerations: TOLERATIONS,
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: "PreemptLowerPriority",
};
const CONTAINER_DEFAULTS = { terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File" };
const PROBE_DEFAULTS = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const ONE = { amount: { cpu: "1", memory: "1Gi" } };

function pod(container: object, rest: object = {}) {
  return { spec: { containers: [{ name: "c", image: "i", ...container }], ...rest } };
}

describe("Pod", () => {
  defaultsTable(podKind, [
    [
      "the minimum",
      pod({}),
      {
        spec: {
          containers: [{ name: "c", image: "i", resources: {}, ...CONTAINER_DEFAULTS, imagePullPolicy: "Always" }],
          restartPolicy: "Always",
          ...SPEC_DEFAULTS,
        },
        status: { phase: "Pending", qosClass: "BestEffort" },
      },
    ],
    [
      "probes, ports, limits, hooks, volumes",
      {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "c",
              image: "reg.example:5000/x@sha256:aaaa",
              ports: [{ containerPort: 80 }],
              livenessProbe: { httpGet: { port: 80 } },
              readinessProbe: { tcpSocket: { port: 80 } },
              startupProbe: { grpc: { port: 80 } },
              resources: { limits: { cpu: "1000m", memory: "1024Mi" } },
              lifecycle: { preStop: { httpGet: { port: 80 } } },
              env: [{ name: "N", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
            },
          ],
          volumes: [
            { name: "a", configMap: { name: "z" } },
            { name: "b", secret: { secretName: "z" } },
            { name: "c" },
            { name: "d", hostPath: { path: "/x" } },
            { name: "e", downwardAPI: { items: [{ path: "p", fieldRef: { fieldPath: "metadata.labels" } }] } },
            { name: "f", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } },
          ],
        },
        status: { phase: "Running" },
      },
      {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "c",
              image: "reg.example:5000/x@sha256:aaaa",
              ports: [{ containerPort: 80, protocol: "TCP" }],
              livenessProbe: { httpGet: { port: 80, path: "/", scheme: "HTTP" }, ...PROBE_DEFAULTS },
              readinessProbe: { tcpSocket: { port: 80 }, ...PROBE_DEFAULTS },
              startupProbe: { grpc: { port: 80, service: "" }, ...PROBE_DEFAULTS },
              resources: { limits: ONE.amount, requests: ONE.amount },
              lifecycle: { preStop: { httpGet: { port: 80, path: "/", scheme: "HTTP" } } },
              env: [{ name: "N", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } }],
              ...CONTAINER_DEFAULTS,
              imagePullPolicy: "IfNotPresent",
            },
          ],
          volumes: [
            { name: "a", configMap: { name: "z", defaultMode: 420 } },
            { name: "b", secret: { secretName: "z", defaultMode: 420 } },
            { name: "c", emptyDir: {} },
            { name: "d", hostPath: { path: "/x", type: "" } },
            {
              name: "e",
              downwardAPI: { items: [{ path: "p", fieldRef: { apiVersion: "v1", fieldPath: "metadata.labels" } }], defaultMode: 420 },
            },
            { name: "f", projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3600, path: "t" } }], defaultMode: 420 } },
          ],
          ...SPEC_DEFAULTS,
        },
        status: { phase: "Pending", qosClass: "Guaranteed" },
      },
    ],
  ]);

  causesTable(podKind, [
    ["good", pod({ volumeMounts: [{ name: "v", mountPath: "/v" }] }, { volumes: [{ name: "v" }] }), []],
    ["no containers", { spec: {} }, ["spec.containers: Required value"]],
    [
      "several invalid fields, in Kubernetes' order",
      { spec: { containers: [{ name: "C_", ports: [{ containerPort: 0 }], imagePullPolicy: "Foo" }], restartPolicy: "Bar" } },
      [
        `spec.containers[0].name: Invalid value: "C_": ${LABEL_TEXT}`,
        "spec.containers[0].image: Required value",
        "spec.containers[0].ports[0].containerPort: Required value",
        'spec.containers[0].imagePullPolicy: Unsupported value: "Foo": supported values: "Always", "IfNotPresent", "Never"',
        'spec.restartPolicy: Unsupported value: "Bar": supported values: "Always", "OnFailure", "Never"',
      ],
    ],
    [
      "two containers of one name",
      { spec: { containers: [{ name: "c", image: "i" }], initContainers: [{ name: "c", image: "i" }] } },
      ['spec.initContainers[0].name: Duplicate value: "c"'],
    ],
    [
      "port out of range",
      pod({ ports: [{ containerPort: 70_000 }] }),
      ["spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ],
    [
      "protocol unknown, name twice",
      pod({
        ports: [
          { name: "a", containerPort: 1 },
          { name: "a", containerPort: 2, protocol: "X" },
        ],
      }),
      [
        'spec.containers[0].ports[1].name: Duplicate value: "a"',
        'spec.containers[0].ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      "environment",
      pod({
        env: [
          { value: "x" },
          { name: "a=b" },
          { name: "A", value: "v", valueFrom: { fieldRef: { fieldPath: "spec.foo" } } },
          { name: "B", valueFrom: {} },
        ],
      }),
      [
        "spec.containers[0].env[0].name: Required value",
        'spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must ' +
          "consist only of printable ASCII characters other than '='",
        'spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting ' +
          "fieldPath: field label not supported: spec.foo",
        'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
        'spec.containers[0].env[3].valueFrom: Invalid value: "": must specify one of: `fieldRef`, ' +
          "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
      ],
    ],
    [
      "envFrom without source",
      pod({ envFrom: [{}] }),
      ['spec.containers[0].envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
    ],
    [
      "volumes and mounts",
      pod(
        {
          volumeMounts: [
            { name: "no", mountPath: "/a" },
            { name: "v", mountPath: "/a" },
          ],
        },
        { volumes: [{ name: "v", emptyDir: {}, secret: { secretName: "s" } }, { name: "v" }] },
      ),
      [
        "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type",
        'spec.volumes[1].name: Duplicate value: "v"',
        'spec.containers[0].volumeMounts[0].name: Not found: "no"',
        'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      ],
    ],
    [
      "probes",
      pod({
        livenessProbe: { successThreshold: 2, exec: { command: [] } },
        readinessProbe: {},
        startupProbe: { httpGet: { port: 0 }, tcpSocket: { port: 1 }, periodSeconds: -1 },
      }),
      [
        "spec.containers[0].livenessProbe.exec.command: Required value",
        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
        "spec.containers[0].readinessProbe: Required value: must specify a handler type",
        "spec.containers[0].startupProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.containers[0].startupProbe: Forbidden: may not specify more than 1 handler type",
        "spec.containers[0].startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
    [
      "resources",
      pod({ resources: { limits: { cpu: "1" }, requests: { cpu: "2", memory: "-1", foo: "1" } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
      ],
    ],
    ["an image may change", pod({ image: "j:1", imagePullPolicy: "Always" }), [], pod({})],
    [
      "the hostname may not",
      pod({}, { hostname: "h" }),
      [
        "spec: Forbidden: pod updates may not change fields other than " +
          "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` " +
          "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` " +
          "(allow it to be set to 1 if it was previously negative)\nchanged: hostname",
      ],
      pod({}),
    ],
  ]);

  const spec = { containers: [{ name: "a" }] };
  const two = { containers: [{ name: "a" }, { name: "b" }] };
  const NONE = ["<none>", "<none>", "<none>", "<none>"];
  const waiting = (reason: string) => ({
    name: "a",
    ready: false,
    restartCount: 2,
    state: { waiting: { reason } },
    lastState: { terminated: { exitCode: 1, finishedAt: "2024-05-31T23:55:00Z" } },
  });
  const running = { name: "a", ready: true, restartCount: 0, state: { running: {} } };
  const ended = (state: object) => ({ name: "b", ready: false, restartCount: 0, state: { terminated: state } });
  cellsTable(podKind, [
    ["pending", { spec, status: { phase: "Pending" } }, ["x", "0/1", "Pending", "0", "60m", ...NONE]],
    [
      "running, with addresses",
      { spec: { ...spec, nodeName: "n" }, status: { phase: "Running", podIP: "10.0.0.1", containerStatuses: [running] } },
      ["x", "1/1", "Running", "0", "60m", "10.0.0.1", "n", "<none>", "<none>"],
    ],
    [
      "crash loop",
      { spec, status: { phase: "Running", containerStatuses: [waiting("CrashLoopBackOff")] } },
      ["x", "0/1", "CrashLoopBackOff", "2 (5m ago)", "60m", ...NONE],
    ],
    [
      "completed",
      { spec, status: { phase: "Succeeded", containerStatuses: [ended({ exitCode: 0, reason: "Completed" })] } },
      ["x", "0/1", "Completed", "0", "60m", ...NONE],
    ],
    [
      "one of two completed",
      { spec: two, status: { phase: "Running", containerStatuses: [running, ended({ exitCode: 0, reason: "Completed" })] } },
      ["x", "1/2", "NotReady", "0", "60m", ...NONE],
    ],
    [
      "exit code",
      { spec, status: { phase: "Failed", containerStatuses: [ended({ exitCode: 3 })] } },
      ["x", "0/1", "ExitCode:3", "0", "60m", ...NONE],
    ],
    [
      "signal",
      { spec, status: { phase: "Failed", containerStatuses: [ended({ exitCode: 137, signal: 9 })] } },
      ["x", "0/1", "Signal:9", "0", "60m", ...NONE],
    ],
    ["evicted", { spec, status: { phase: "Failed", reason: "Evicted" } }, ["x", "0/1", "Evicted", "0", "60m", ...NONE]],
    [
      "terminating",
      { metadata: { deletionTimestamp: "2024-05-31T23:59:59Z" }, spec, status: { phase: "Running", containerStatuses: [running] } },
      ["x", "1/1", "Terminating", "0", "60m", ...NONE],
    ],
    [
      "first of two init containers runs",
      {
        spec: { ...spec, initContainers: [{ name: "i" }, { name: "j" }] },
        status: {
          phase: "Pending",
          initContainerStatuses: [{ name: "i", restartCount: 0, state: { running: {} } }],
          containerStatuses: [waiting("PodInitializing")],
        },
      },
      ["x", "0/1", "Init:0/2", "0", "60m", ...NONE],
    ],
    [
      "init container fails",
      {
        spec: { ...spec, initContainers: [{ name: "i" }] },
        status: {
          phase: "Pending",
          initContainerStatuses: [{ name: "i", restartCount: 1, state: { terminated: { exitCode: 1, reason: "Error" } } }],
        },
      },
      ["x", "0/1", "Init:Error", "1", "60m", ...NONE],
    ],
    [
      "a sidecar counts",
      {
        spec: { ...spec, initContainers: [{ name: "i", restartPolicy: "Always" }] },
        status: {
          phase: "Running",
          initContainerStatuses: [{ name: "i", ready: true, started: true, restartCount: 1, state: { running: {} } }],
          containerStatuses: [running],
        },
      },
      ["x", "2/2", "Running", "1", "60m", ...NONE],
    ],
    [
      "readiness gates",
      {
        spec: { ...spec, readinessGates: [{ conditionType: "a" }, { conditionType: "b" }] },
        status: { phase: "Pending", conditions: [{ type: "a", status: "True" }] },
      },
      ["x", "0/1", "Pending", "0", "60m", "<none>", "<none>", "<none>", "1/2"],
    ],
  ]);
});
