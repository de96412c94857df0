/** `kinetic up --sample`, in the background and where it cannot run. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import type { RunningPlatform } from "../../src/cli/kinetic/running.ts";
import { apiCall } from "./api-call.ts";
import { ANY_PORTS, httpGet, KINETIC, run, startKinetic, temporaryFolder, type Finished } from "./harness.ts";
import { sandboxesOf } from "./machine.ts";

const linux = requires("linux");
const SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";

const kinetic = (args: readonly string[]): Promise<Finished> => run(process.execPath, [KINETIC, ...args]);

test("--sample --detach deploys, calls, prints what the foreground prints, and returns", { skip: linux, timeout: 120_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const readyFile = join(dataDir, "ready.json");
  const here = ["--data-dir", dataDir];
  t.after(() => kinetic(["down", ...here]));
  const started = await kinetic(["up", "--sample", "--detach", "--ready-file", readyFile, ...here, ...ANY_PORTS]);
  assert.deepEqual([started.code, started.stderr], [0, ""], started.stdout);
  const steps = [
    / {2}\d\.\d\ds store\n/,
    / {2}\d\.\d\ds controllers\n/,
    /Kinetic is usable after \d\.\d\d s\n/,
    /Sample service hello is ready after \d+\.\d\d s: http:\/\/hello\.default\.localhost:\d+\n/,
    / {2}Hello .*hello-00001/,
    / {2}from zero in [0-9.]+ ms: queue [0-9.]+, .*first byte [0-9.]+\n/,
    / {2}kinetic load "http:\/\/hello\.default\.localhost:\d+\?sleep=100" -c 50 -d 30s\n/,
    new RegExp(`It runs in the background\\. Stop it with: kinetic down --data-dir ${dataDir}\n$`),
  ];
  assert.match(started.stdout, new RegExp(steps.map((step) => step.source).join("[^]*")));
  const running = JSON.parse(await readFile(readyFile, "utf8")) as RunningPlatform;
  assert.equal((await httpGet(running.gateway, { host: "hello.default.localhost" })).status, 200);
  assert.equal((await kinetic(["down", ...here])).code, 0);
  assert.equal(existsSync(readyFile), false, "the ready file is there exactly while the platform is usable");
});

test(
  "a sample that does not come up in the background: the reason, exit code 1, and the platform stays",
  { skip: linux, timeout: 120_000 },
  async (t) => {
    const first = await startKinetic(t);
    const image = "kinetic.local/nobody-built-this";
    const body = JSON.stringify({
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name: "hello" },
      spec: { template: { spec: { containers: [{ image }] } } },
    });
    assert.equal((await apiCall(first, { method: "POST", path: SERVICES, body })).status, 201);
    await first.stop();
    const here = ["--data-dir", first.dataDir];
    try {
      const started = await kinetic(["up", "--sample", "--detach", ...here]);
      assert.equal(started.code, 1);
      assert.match(started.stdout, /Kinetic is usable after/);
      assert.match(started.stderr, /^Error: the sample did not become ready: RevisionMissing: [^\n]*\n$/);
      assert.match(started.stderr, /; the platform runs in the background all the same: look with KUBECONFIG=\S+ kubectl describe ksvc,/);
      assert.match(started.stderr, /, stop it with kinetic down --data-dir \S+\n$/);
      assert.equal((await apiCall(first, { path: SERVICES })).status, 200, "it runs");
    } finally {
      assert.equal((await kinetic(["down", ...here])).code, 0);
    }
  },
);

test("--sample with --profile=conformant runs it in a container", { skip: requires("root", "linux"), timeout: 120_000 }, async (t) => {
  let dataDir = "";
  t.after(() => kinetic(["down", "--data-dir", dataDir])); // before its folder goes
  dataDir = join(await temporaryFolder(t), "data");
  const started = await kinetic(["up", "--sample", "--profile=conformant", "--detach", "--data-dir", dataDir, ...ANY_PORTS]);
  assert.equal(started.code, 0, started.stderr);
  assert.deepEqual(
    (await sandboxesOf(dataDir)).filter(({ pod }) => pod !== ""),
    [],
    "no process of the host",
  );
});
