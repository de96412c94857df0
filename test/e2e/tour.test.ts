/** The tour of the README, step by step, with the real kubectl. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";

const HELLO = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/window: 6s
        autoscaling.knative.dev/target: "1"
        autoscaling.knative.dev/max-scale: "20"
    spec:
      containers:
        - image: kinetic.local/hello
          env:
            - name: TARGET
              value: World
`;

const skip = requires("kubectl", "linux");

test("the tour", { skip, timeout: 240_000 }, async (t) => {
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  const host = `hello.default.${kinetic.running.domain}`;
  await eventually("the sample was called", async () => assert.match(kinetic.output, /from zero in/));
  assert.match(kinetic.output, /Hello World from hello-00001/);
  await kinetic.kubectlOk(["delete", "ksvc", "hello"]);

  await t.test("1. apply, a URL, an answer", async () => {
    assert.match(await kinetic.kubectlOk(["apply", "-f", "-"], HELLO), /service.serving.knative.dev\/hello created/);
    await kinetic.kubectlOk(["wait", "ksvc/hello", "--for=condition=Ready", "--timeout=30s"]);
    const table = await kinetic.kubectlOk(["get", "ksvc"]);
    assert.match(table, /NAME\s+URL\s+LATESTCREATED\s+LATESTREADY\s+READY\s+REASON/);
    assert.match(table, new RegExp(`hello\\s+http://${host.replaceAll(".", "\\.")}:\\d+\\s+hello-00001\\s+hello-00001\\s+True`));
    const answer = await kinetic.get(host);
    assert.deepEqual([answer.status, /Hello World from hello-00001/.test(answer.body)], [200, true]);
  });

  await t.test("2. to zero and back", async () => {
    await atZero(kinetic);
    assert.match(await kinetic.kubectlOk(["get", "podautoscaler"]), /hello-00001\s+0\s+0\s+False\s+NoTraffic/);
    const answer = await kinetic.get(host);
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers["server-timing"]), /queue;dur=/);
    // Target 1 at 70 % makes two instances for one request; only one had run before and was parked.
    const pods = await kinetic.kubectlOk(["get", "pods", "-o", "jsonpath={.items[*].metadata.annotations}"]);
    assert.match(pods, /"kinetic.dev\/start-tier":"parked"/);
  });

  await t.test("3. load from zero: every answer is 200, scale rises into the tens and falls", async () => {
    await atZero(kinetic);
    const load = kinetic.kinetic([
      "load",
      `http://${host}:${new URL(kinetic.running.gateway).port}/?sleep=100`,
      "-c",
      "50",
      "-d",
      "10s",
      "--json",
    ]);
    let most = 0;
    let finished = false;
    void load.finally(() => (finished = true));
    while (!finished) {
      const pods = (await kinetic.kubectlOk(["get", "pods", "--no-headers"])).trim().split("\n");
      most = Math.max(most, pods.filter((line) => line.includes("Running")).length);
    }
    const result = await load;
    assert.equal(result.code, 0, result.stderr);
    const report = JSON.parse(result.stdout) as { statuses: Record<string, number>; errors: object; requestsPerSec: number };
    assert.deepEqual(Object.keys(report.statuses), ["200"]);
    assert.deepEqual(report.errors, {});
    assert.ok(most >= 10, `only ${most} pods at most`);
    await atZero(kinetic);
  });
});

async function atZero(kinetic: Kinetic): Promise<void> {
  await eventually(
    "no pod is left",
    async () => assert.equal((await kinetic.kubectlOk(["get", "pods", "--no-headers"])).trim(), ""),
    60_000,
  );
}
