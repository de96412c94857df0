import assert from "node:assert/strict";
import { test } from "node:test";
import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import { resolveEnv } from "./env.ts";
import { expandVariables } from "./expand.ts";
import type { Lookup } from "./lookup.ts";

const node = { name: "kinetic", ip: "127.0.0.1", cpuMilli: 2000, memoryBytes: 4096 };
const lookup: Lookup = {
  configMap: (_namespace, name) => (name === "settings" ? { metadata: {}, data: { colour: "red", "1bad": "x" } } : undefined),
  secret: (_namespace, name) => (name === "keys" ? { metadata: {}, data: { token: Buffer.from("s3cret").toString("base64") } } : undefined),
};

function resolve(container: Partial<Container>) {
  const pod: Pod = { metadata: { name: "p", uid: "u", namespace: "ns", labels: { app: "web" } }, spec: { containers: [] } };
  const resolved = resolveEnv({ pod, container: { name: "c", ...container }, lookup, node, base: [{ name: "PATH", value: "/bin" }] });
  if (resolved.kind === "error") return resolved.message;
  return { perPod: resolved.perPod, ...Object.fromEntries(resolved.env.map(({ name, value }) => [name, value])) };
}

test("$(NAME) is replaced, $$ is a dollar, unknown names stay", () => {
  const values = new Map([["A", "1"]]);
  assert.equal(expandVariables("$(A) $$(A) $(B) $", values), "1 $(A) $(B) $");
});

test("env: values, references and expansion in order", () => {
  const env = [
    { name: "A", value: "one" },
    { name: "B", value: "$(A)-$(LATER)" },
    { name: "LATER", valueFrom: { configMapKeyRef: { name: "settings", key: "colour" } } },
    { name: "SECRET", valueFrom: { secretKeyRef: { name: "keys", key: "token" } } },
    { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
    { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
    { name: "MEM", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Ki" } } },
    { name: "NONE", valueFrom: { configMapKeyRef: { name: "absent", key: "x", optional: true } } },
  ];
  const resources = { limits: { cpu: "1500m" } };
  const want = { PATH: "/bin", A: "one", B: "one-$(LATER)", LATER: "red", SECRET: "s3cret", APP: "web", CPU: "2", MEM: "4", perPod: false };
  assert.deepEqual(resolve({ env, resources }), want);
});

test("envFrom: prefix, names that are no variables are left out, env wins", () => {
  const envFrom = [{ prefix: "P_", configMapRef: { name: "settings" } }, { configMapRef: { name: "settings" } }];
  const resolved = resolve({ envFrom, env: [{ name: "colour", value: "blue" }] });
  assert.deepEqual(resolved, { PATH: "/bin", P_colour: "red", P_1bad: "x", colour: "blue", perPod: false });
});

test("env: what is missing is said in the kubelet's words", () => {
  const configMapKeyRef = (name: string, key: string) => resolve({ env: [{ name: "X", valueFrom: { configMapKeyRef: { name, key } } }] });
  assert.equal(configMapKeyRef("absent", "x"), `configmap "absent" not found`);
  assert.equal(configMapKeyRef("settings", "x"), "couldn't find key x in ConfigMap ns/settings");
  assert.equal(resolve({ envFrom: [{ secretRef: { name: "absent" } }] }), `secret "absent" not found`);
});

test("env: the pod's own name makes a start that no other pod can share", () => {
  const resolved = resolve({ env: [{ name: "ME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] });
  assert.deepEqual(resolved, { PATH: "/bin", ME: "p", perPod: true });
});
