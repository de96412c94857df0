import assert from "node:assert/strict";
import { test } from "node:test";
import type { FunctionConfig } from "../project/config.ts";
import { containerEnv, EnvError, localEnv } from "./env.ts";
import { missingReferences } from "./references.ts";
import { makeService, mergeService } from "./service.ts";
import { containerVolumes } from "./volumes.ts";
import type { Client } from "../../client/types.ts";

const CONFIG: FunctionConfig = { specVersion: "0.36.0", name: "f", runtime: "node", created: "2026-01-01T00:00:00Z" };
const serviceOf = (config: Partial<FunctionConfig> = {}) =>
  makeService({ config: { ...CONFIG, ...config }, namespace: "ns", image: "i@sha256:1", local: { USER: "me" }, builtAt: "T" });
const podSpec = (config: Partial<FunctionConfig> = {}) =>
  serviceOf(config).spec?.template?.spec as unknown as Record<string, unknown> & { containers: Record<string, unknown>[] };

test("deploy: a function becomes a Service as the reference makes it", () => {
  const service = serviceOf();
  const labels = { "boson.dev/function": "true", "function.knative.dev/name": "f", "function.knative.dev/runtime": "node" };
  assert.deepEqual(service, {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "f", namespace: "ns", labels, annotations: { "function.knative.dev/deployer": "knative" } },
    spec: {
      template: {
        metadata: { labels, annotations: { "function.knative.dev/deployer": "knative" } },
        spec: {
          containers: [
            {
              name: "user-container",
              image: "i@sha256:1",
              ports: [{ containerPort: 8080 }],
              env: [
                { name: "BUILT", value: "T" },
                { name: "ADDRESS", value: "0.0.0.0" },
              ],
              livenessProbe: { httpGet: { path: "/health/liveness", port: 8080 } },
              readinessProbe: { httpGet: { path: "/health/readiness", port: 8080 } },
              resources: {},
              securityContext: {
                runAsNonRoot: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
            },
          ],
        },
      },
    },
  });
});

test("deploy: labels, annotations, scale, resources, account, secret and health paths of func.yaml", () => {
  const deploy = {
    labels: [{ key: "team", value: "{{ env:USER }}" }],
    annotations: { note: "x" },
    serviceAccountName: "sa",
    imagePullSecret: "pull",
    healthEndpoints: { liveness: "/l" },
    options: {
      scale: { min: 0, max: 5, metric: "rps" as const, target: 2.5, utilization: 70 },
      resources: { requests: { cpu: "100m" }, limits: { memory: "1Gi", concurrency: 3 } },
    },
  };
  const service = serviceOf({ deploy, domain: "example.com" });
  assert.equal(service.metadata.labels?.["team"], "me");
  assert.equal(service.metadata.labels?.["func.domain"], "example.com");
  assert.equal(service.metadata.annotations?.["note"], "x");
  assert.deepEqual(service.spec?.template?.metadata?.annotations, {
    note: "x",
    "function.knative.dev/deployer": "knative",
    "autoscaling.knative.dev/min-scale": "0",
    "autoscaling.knative.dev/max-scale": "5",
    "autoscaling.knative.dev/metric": "rps",
    "autoscaling.knative.dev/target": "2.5",
    "autoscaling.knative.dev/target-utilization-percentage": "70",
  });
  const spec = podSpec({ deploy });
  assert.deepEqual([spec["serviceAccountName"], spec["imagePullSecrets"], spec["containerConcurrency"]], ["sa", [{ name: "pull" }], 3]);
  assert.deepEqual(spec.containers[0]?.["resources"], { requests: { cpu: "100m" }, limits: { memory: "1Gi" } });
  assert.deepEqual(spec.containers[0]?.["livenessProbe"], { httpGet: { path: "/l", port: 8080 } });
});

test("deploy: each kind of env", () => {
  const entries = [
    { name: "A", value: "1" },
    { name: "B", value: "{{ env:USER }}" },
    { name: "C", value: "{{ secret:s:key }}" },
    { name: "D", value: "{{configMap:c:key}}" },
    { value: "{{ secret:all }}" },
    { value: "{{ configMap:all }}" },
  ];
  assert.deepEqual(containerEnv(entries, { USER: "me" }), {
    env: [
      { name: "A", value: "1" },
      { name: "B", value: "me" },
      { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "key" } } },
      { name: "D", valueFrom: { configMapKeyRef: { name: "c", key: "key" } } },
    ],
    envFrom: [{ secretRef: { name: "all" } }, { configMapRef: { name: "all" } }],
  });
  assert.deepEqual(localEnv(entries, { USER: "me" }), { env: { A: "1", B: "me" }, leftOut: ["C", "D", "all", "all"] });
});

test("deploy: env that cannot be is told", () => {
  const message = (entry: { name?: string; value: string }) => {
    try {
      return JSON.stringify(containerEnv([entry], {}));
    } catch (error) {
      assert.ok(error instanceof EnvError);
      return error.message;
    }
  };
  assert.match(message({ name: "A", value: "{{ env:GONE }}" }), /environment variable GONE, which func.yaml refers to, is not set/);
  assert.match(message({ name: "A", value: "{{ vault:x }}" }), /the source must be env, secret or configMap/);
  assert.match(message({ name: "A", value: "{{ secret:s }}" }), /names no key/);
  assert.match(message({ value: "x" }), /has no name/);
});

test("deploy: each kind of volume", () => {
  const entries = [
    { secret: "s", path: "/s" },
    { configMap: "c", path: "/c" },
    { persistentVolumeClaim: { claimName: "p", readOnly: true }, path: "/p" },
    { emptyDir: { sizeLimit: "1Gi" }, path: "/e" },
  ];
  assert.deepEqual(containerVolumes(entries), {
    volumes: [
      { name: "vol-0", secret: { secretName: "s" } },
      { name: "vol-1", configMap: { name: "c" } },
      { name: "vol-2", persistentVolumeClaim: { claimName: "p", readOnly: true } },
      { name: "vol-3", emptyDir: { sizeLimit: "1Gi" } },
    ],
    volumeMounts: [
      { name: "vol-0", mountPath: "/s" },
      { name: "vol-1", mountPath: "/c" },
      { name: "vol-2", mountPath: "/p", readOnly: true },
      { name: "vol-3", mountPath: "/e" },
    ],
  });
});

test("deploy: an update keeps traffic and what others wrote, and lets the server name the revision", () => {
  const desired = serviceOf();
  const existing = {
    ...serviceOf(),
    metadata: {
      name: "f",
      namespace: "ns",
      resourceVersion: "7",
      labels: { other: "1" },
      annotations: { "serving.knative.dev/creator": "me" },
    },
    spec: { traffic: [{ percent: 100, revisionName: "f-00001" }], template: { metadata: { name: "f-custom" } } },
  } as unknown as ReturnType<typeof serviceOf>;
  const merged = mergeService(existing, desired);
  assert.deepEqual(merged.spec?.traffic, existing.spec?.traffic);
  assert.equal(merged.spec?.template?.metadata?.name, undefined);
  assert.equal(merged.metadata.resourceVersion, "7");
  assert.equal(merged.metadata.labels?.["other"], "1");
  assert.equal(merged.metadata.annotations?.["serving.knative.dev/creator"], "me");
});

test("deploy: what func.yaml refers to and is not there is named, once each", async () => {
  const client = {
    get: (kind: { kind: string }, { name }: { name: string }) => Promise.resolve(name === "there" ? { kind: kind.kind } : undefined),
  } as unknown as Client;
  const config: FunctionConfig = {
    ...CONFIG,
    run: {
      envs: [{ name: "A", value: "{{ secret:gone:k }}" }, { value: "{{ configMap:there }}" }],
      volumes: [{ secret: "gone", path: "/x" }],
    },
    deploy: { serviceAccountName: "nobody" },
  };
  assert.deepEqual(await missingReferences(client, "ns", config, {}), [
    'referenced Secret "gone" is not present in namespace "ns" (run.volumes)',
    'referenced ServiceAccount "nobody" is not present in namespace "ns" (deploy.serviceAccountName)',
  ]);
});
