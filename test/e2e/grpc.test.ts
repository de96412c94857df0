/** gRPC through a whole platform: from zero, and without a failed call while everything about the service changes. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { credentials, status } from "@grpc/grpc-js";
import { requires } from "../../src/testing/requirements.ts";
import { call, CallLoad, openChannel, serverProgram, talk } from "./grpc/clients.ts";
import { eventually, type Kinetic, startKinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";

const skip = requires("kubectl", "linux");

interface Shape {
  readonly step: string;
  readonly minScale?: number;
}

class Scene {
  readonly kinetic: Kinetic;
  readonly load: CallLoad;
  readonly address: string;
  readonly host: string;
  readonly #image: string;

  constructor(kinetic: Kinetic, image: string) {
    this.kinetic = kinetic;
    this.#image = image;
    this.address = new URL(kinetic.running.gateway).host;
    this.host = `calls.default.${kinetic.running.domain}`;
    this.load = new CallLoad(this.address, this.host);
  }

  static async open(t: TestContext): Promise<Scene> {
    const kinetic = await startKinetic(t);
    const scene = new Scene(kinetic, await buildProgram(kinetic.dataDir, "calls", await serverProgram()));
    t.after(() => scene.load.clients(0));
    await scene.apply({ step: "1" });
    await kinetic.kubectlOk(["wait", "ksvc/calls", "--for=condition=Ready", "--timeout=60s"]);
    return scene;
  }

  async apply({ step, minScale = 0 }: Shape): Promise<void> {
    const annotations = {
      "autoscaling.knative.dev/window": "6s",
      "autoscaling.knative.dev/target": "2",
      "autoscaling.knative.dev/max-scale": "6",
      "autoscaling.knative.dev/min-scale": String(minScale),
    };
    const container = { image: this.#image, ports: [{ name: "h2c", containerPort: 8080 }], env: [{ name: "STEP", value: step }] };
    const manifest = {
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name: "calls" },
      spec: { template: { metadata: { annotations }, spec: { containers: [container] } } },
    };
    await this.kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(manifest));
  }

  async pods(): Promise<string[]> {
    const table = await this.kinetic.kubectlOk(["get", "pods", "-l", "serving.knative.dev/service=calls", "--no-headers"]);
    return table.split("\n").filter((line) => / Running /.test(line));
  }

  podsBecome(what: string, holds: (count: number) => boolean): Promise<void> {
    return eventually(what, async () => {
      const pods = await this.pods();
      assert.ok(holds(pods.length), pods.join("\n"));
    });
  }

  answeredBy(revision: string): Promise<void> {
    const before = this.load.answers.get(revision) ?? 0;
    return eventually(`answers of ${revision}`, async () => assert.ok((this.load.answers.get(revision) ?? 0) > before + 5));
  }
}

test("gRPC at zero: a call and a stream wait for the instance and are answered, also over TLS", { skip, timeout: 180_000 }, async (t) => {
  const scene = await Scene.open(t);
  const { kinetic, address, host } = scene;
  const ports = await kinetic.kubectlOk(["get", "service", "calls-00001-private", "-o", "jsonpath={.spec.ports[0]}"]);
  const { name, appProtocol } = JSON.parse(ports) as Record<string, string>;
  assert.deepEqual([name, appProtocol], ["http2", "kubernetes.io/h2c"]);
  const plain = openChannel(address, host);
  const root = await readFile(kinetic.running.authority);
  const secure = openChannel(new URL(kinetic.running.gatewayTls).host, host, credentials.createSsl(root));
  t.after(() => [plain, secure].forEach((client) => client.close()));
  for (const client of [plain, secure]) {
    await scene.podsBecome("no pod", (count) => count === 0);
    assert.deepEqual(await call(client, "hello"), { code: status.OK, details: "", text: "calls-00001 hello" });
  }
  await scene.podsBecome("no pod", (count) => count === 0);
  const conversation = talk(plain);
  assert.deepEqual([await conversation.say("one"), await conversation.say("two")], ["one", "two"]);
  assert.equal((await conversation.end()).code, status.OK);
});

test("no gRPC call fails while its service is scaled, rolled out and its pods are deleted", { skip, timeout: 240_000 }, async (t) => {
  const scene = await Scene.open(t);
  const { load, kinetic } = scene;
  const step = (name: string, run: () => Promise<void>) => clean(t, scene, name, run);
  const channel = openChannel(scene.address, scene.host);
  t.after(() => channel.close());
  await load.clients(2);
  const conversation = talk(channel);
  assert.equal(await conversation.say("before"), "before");

  await step("scale up", async () => {
    await load.clients(10);
    await scene.podsBecome("at least 3 pods", (count) => count >= 3);
  });
  await step("scale down", async () => {
    await load.clients(1);
    await scene.podsBecome("at most 2 pods", (count) => count <= 2);
  });
  await step("new revisions", async () => {
    await load.clients(6);
    for (const revision of ["2", "3"]) {
      await scene.apply({ step: revision });
      await scene.answeredBy(`calls-0000${revision}`);
    }
  });
  await step("deleted pods", async () => {
    await scene.apply({ step: "4", minScale: 2 });
    await scene.answeredBy("calls-00004");
    const names = (await scene.pods()).flatMap((line) => (line.startsWith("calls-00004") ? [line.split(" ")[0] ?? ""] : []));
    await kinetic.kubectlOk(["delete", "pod", ...names, "--wait=false"]);
    await eventually("other pods answer", async () => {
      const now = await scene.pods();
      assert.ok(now.some((line) => line.startsWith("calls-00004") && !names.some((name) => line.startsWith(name))));
    });
    await scene.answeredBy("calls-00004");
  });
  await t.test("a stream that was opened before all this still talks", async () => {
    assert.equal(await conversation.say("after"), "after");
    assert.equal((await conversation.end()).code, status.OK);
  });
  await step("to zero and back", async () => {
    await scene.apply({ step: "5" });
    await scene.answeredBy("calls-00005");
    await load.clients(0);
    await scene.podsBecome("no pod", (count) => count === 0);
    await load.clients(6);
    await scene.answeredBy("calls-00005");
  });
  await load.clients(0);
  assert.ok(load.total > 500, `only ${load.total} calls`);
});

/** Runs a step under load; every failure of it is shown. */
async function clean(t: TestContext, { load }: Scene, name: string, run: () => Promise<void>): Promise<void> {
  load.phase = name;
  await t.test(name, async () => {
    const [failed, total] = [load.failures.length, load.total];
    await run();
    t.diagnostic(`${name}: ${load.total - total} answers`);
    assert.deepEqual(load.failures.slice(failed), []);
  });
}
