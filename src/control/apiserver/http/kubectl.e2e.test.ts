import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../std/clock.ts";
import { requires } from "../../../testing/requirements.ts";
import { startTestListener, type TestListener } from "./test-listener.ts";

/** The real kubectl against the server over HTTPS. */
interface Kubectl extends AsyncDisposable {
  readonly listener: TestListener;
  /** Output of a command that must succeed; `input` goes to its standard input. */
  run(command: string, input?: object, environment?: Readonly<Record<string, string>>): Promise<string>;
  /** Error output of a command that must fail. */
  fails(command: string, input?: object): Promise<string>;
  /** A command that goes on. */
  start(command: string): Background;
}

interface Background extends Disposable {
  /** Resolves once the output matches. */
  saw(pattern: RegExp): Promise<string>;
}

const TIMEOUT_MS = 30_000;

async function startKubectl(): Promise<Kubectl> {
  const listener = await startTestListener();
  const directory = await mkdtemp(join(tmpdir(), "kinetic-kubectl-"));
  const kubeconfig = join(directory, "config");
  await writeFile(kubeconfig, JSON.stringify(configOf(listener)));
  const env = { PATH: process.env["PATH"] ?? "", HOME: directory, KUBECONFIG: kubeconfig };
  const go = (command: string, extra: Readonly<Record<string, string>> = {}) =>
    spawn("kubectl", command.split(" "), { env: { ...env, ...extra } });
  const dispose = async () => {
    await listener[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  };
  return {
    listener,
    run: async (command, input, environment) => {
      const { code, output, errors } = await finish(go(command, environment), input);
      assert.equal(code, 0, `kubectl ${command}: ${errors}`);
      return output;
    },
    fails: async (command, input) => {
      const { code, errors } = await finish(go(command), input);
      assert.notEqual(code, 0, `kubectl ${command} should fail`);
      return errors;
    },
    start: (command) => background(go(command)),
    [Symbol.asyncDispose]: dispose,
  };
}

function configOf({ url, ca, admin }: TestListener): object {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const user = { "client-certificate-data": base64(admin.cert), "client-key-data": base64(admin.key) };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "certificate-authority-data": base64(ca) } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
}

async function finish(child: ChildProcess, input?: object): Promise<{ code: number | null; output: string; errors: string }> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  let output = "";
  let errors = "";
  child.stdout?.on("data", (part) => (output += String(part)));
  child.stderr?.on("data", (part) => (errors += String(part)));
  child.once("close", resolve);
  using _timer = systemClock.setTimer(TIMEOUT_MS, () => child.kill());
  child.stdin?.end(input === undefined ? "" : JSON.stringify(input));
  const code = await promise;
  return { code, output, errors };
}

function background(child: ChildProcess): Background {
  let output = "";
  const changed = new EventTarget();
  const onData = (part: unknown) => {
    output += String(part);
    changed.dispatchEvent(new Event("data"));
  };
  child.stdout?.on("data", onData);
  child.stderr?.on("data", onData);
  const saw = async (pattern: RegExp): Promise<string> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    while (!pattern.test(output)) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      changed.addEventListener("data", () => resolve(), { once: true });
      signal.addEventListener("abort", () => reject(new Error(`not seen ${pattern}: ${output}`)), { once: true });
      await promise;
    }
    return output;
  };
  return { saw, [Symbol.dispose]: () => void child.kill() };
}

const configMap = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "c", image: "example.com/i:1", ports: [{ containerPort: 80 }] }] },
    },
  },
};

const skip = requires("kubectl");

test("kubectl creates, reads, watches and deletes, also with protobuf bodies", { skip }, async () => {
  await using kubectl = await startKubectl();
  assert.equal(await kubectl.run("create configmap a --from-literal=k=1"), "configmap/a created\n");
  assert.equal(await kubectl.run("get configmap a -o jsonpath={.data.k}"), "1");
  assert.match(await kubectl.run("get configmaps"), /^NAME\s+DATA\s+AGE\na\s+1\s+\d+s\n$/);
  using watching = kubectl.start("get configmaps -w");
  await watching.saw(/^a\s/m);
  await kubectl.run("create configmap b --from-literal=k=1");
  await watching.saw(/^b\s/m);
  assert.equal(await kubectl.run("create namespace n"), "namespace/n created\n");
  assert.equal(await kubectl.run("create secret generic s --from-literal=k=1 -n n"), "secret/s created\n");
  assert.match(await kubectl.fails("create configmap a"), /configmaps "a" already exists/);
  assert.equal(await kubectl.run("delete configmap a"), 'configmap "a" deleted\n');
  assert.match(await kubectl.fails("get configmap a"), /\(NotFound\): configmaps "a" not found/);
});

test("kubectl applies on the client's side and on the server's, and sees conflicts", { skip }, async () => {
  await using kubectl = await startKubectl();
  assert.equal(await kubectl.run("apply -f -", configMap("a", { k: "1" })), "configmap/a created\n");
  assert.equal(await kubectl.run("apply -f -", configMap("a", { k: "1" })), "configmap/a unchanged\n");
  assert.equal(await kubectl.run("apply -f -", configMap("a", { k: "2" })), "configmap/a configured\n");
  assert.equal(await kubectl.run("apply --server-side -f -", configMap("b", { k: "1" })), "configmap/b serverside-applied\n");
  const conflict = await kubectl.fails("apply --server-side --field-manager=other -f -", configMap("b", { k: "2" }));
  assert.match(conflict, /Apply failed with 1 conflict: conflict with "kubectl".*\.data\.k/s);
  await kubectl.run("apply --server-side --field-manager=other --force-conflicts -f -", configMap("b", { k: "2" }));
  assert.match(await kubectl.fails("apply -f -", { ...configMap("c", {}), dta: {} }), /unknown field "dta"/);
});

test("kubectl patches in three ways and edits", { skip }, async () => {
  await using kubectl = await startKubectl();
  await kubectl.run("apply -f -", deployment);
  await kubectl.run(`patch deployment web --type=merge -p {"metadata":{"labels":{"m":"1"}}}`);
  await kubectl.run(`patch deployment web --type=json -p [{"op":"add","path":"/metadata/labels/j","value":"1"}]`);
  await kubectl.run(
    `patch deployment web -p {"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"E","value":"1"}]}]}}}}`,
  );
  const labels = JSON.parse(await kubectl.run("get deployment web -o jsonpath={.metadata.labels}")) as object;
  assert.deepEqual(labels, { app: "web", m: "1", j: "1" });
  assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}"), "example.com/i:1");
  assert.equal(
    await kubectl.run("edit deployment web", undefined, { EDITOR: "sed -i s,com/i:1,com/i:2," }),
    "deployment.apps/web edited\n",
  );
  assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}"), "example.com/i:2");
});

test("kubectl scales, waits and deletes with --wait", { skip }, async () => {
  await using kubectl = await startKubectl();
  await kubectl.run("apply -f -", deployment);
  assert.equal(await kubectl.run("scale deployment web --replicas=3"), "deployment.apps/web scaled\n");
  assert.equal(await kubectl.run("get deployment web -o jsonpath={.spec.replicas}"), "3");
  using waiting = kubectl.start("wait deployment web --for=condition=Available --timeout=20s");
  const status = { conditions: [{ type: "Available", status: "True" }] };
  const headers = { "content-type": "application/merge-patch+json" };
  await kubectl.listener.server.ask("PATCH", "/apis/apps/v1/namespaces/default/deployments/web/status", { status }, { headers });
  await waiting.saw(/condition met/);
  assert.equal(await kubectl.run("delete deployment web --wait"), 'deployment.apps "web" deleted\n');
});

test("kubectl asks what there is and what it may", { skip }, async () => {
  await using kubectl = await startKubectl();
  assert.equal(await kubectl.run("auth can-i create deployments"), "yes\n");
  assert.match(await kubectl.run("auth whoami"), /kubernetes-admin/);
  const resources = await kubectl.run("api-resources");
  assert.match(resources, /^deployments\s+deploy\s+apps\/v1\s+true\s+Deployment$/m);
  assert.match(resources, /^services\s+kservice,ksvc\s+serving\.knative\.dev\/v1\s+true\s+Service$/m);
  assert.match(await kubectl.run("explain deployment.spec.replicas"), /FIELD: replicas <integer>[^]*How many Pods\. Default 1\./);
  assert.match(await kubectl.run("explain ksvc.spec"), /template\t<Object>.*\n {4}What to run\./);
  assert.match(await kubectl.run("explain pod.spec.containers.resources"), /CPU is not\s+limited by the process driver/);
  await kubectl.run("apply -f -", deployment);
  assert.match(await kubectl.run("get all"), /deployment\.apps\/web/);
  assert.match(await kubectl.run("describe deployment web"), /Image:\s+example\.com\/i:1/);
  assert.match(await kubectl.run("get crd"), /services\.serving\.knative\.dev/);
});
