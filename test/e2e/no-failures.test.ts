/** No request fails because of the platform's own work: clients ask without a pause while everything about the service changes. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";
import { Conversation, ECHO_PROGRAM, Load } from "./load.ts";

const skip = requires("kubectl", "linux");

interface Shape {
  readonly env: string;
  readonly minScale?: number;
  /** `revision=percent` pairs; else everything goes to the latest. */
  readonly traffic?: readonly (readonly [revision: string, percent: number])[];
}

function manifest(image: string, { env, minScale = 0, traffic }: Shape): string {
  return JSON.stringify({
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "busy" },
    spec: {
      template: {
        metadata: {
          annotations: {
            "autoscaling.knative.dev/window": "6s",
            "autoscaling.knative.dev/target": "2",
            "autoscaling.knative.dev/max-scale": "8",
            "autoscaling.knative.dev/min-scale": String(minScale),
          },
        },
        spec: { containers: [{ image, env: [{ name: "STEP", value: env }] }] },
      },
      ...(traffic === undefined ? {} : { traffic: traffic.map(([revisionName, percent]) => ({ revisionName, percent })) }),
    },
  });
}

class Scene {
  readonly kinetic: Kinetic;
  readonly load: Load;
  readonly #image: string;

  constructor(kinetic: Kinetic, image: string) {
    this.kinetic = kinetic;
    this.#image = image;
    this.load = new Load({ ...this.address, path: "/?sleep=20" });
  }

  get address() {
    return { gateway: this.kinetic.running.gateway, host: `busy.default.${this.kinetic.running.domain}` };
  }

  async apply(shape: Shape): Promise<void> {
    await this.kinetic.kubectlOk(["apply", "-f", "-"], manifest(this.#image, shape));
  }

  async pods(): Promise<string[]> {
    const table = await this.kinetic.kubectlOk(["get", "pods", "-l", "serving.knative.dev/service=busy", "--no-headers"]);
    return table
      .trim()
      .split("\n")
      .filter((line) => / Running /.test(line));
  }

  podsBecome(what: string, holds: (count: number) => boolean): Promise<void> {
    return eventually(what, async () => {
      const pods = await this.pods();
      assert.ok(holds(pods.length), pods.join("\n"));
    });
  }

  /** Answers come from this revision. */
  answeredBy(revision: string): Promise<void> {
    const before = this.load.answers.get(revision) ?? 0;
    return eventually(`answers of ${revision}`, async () => assert.ok((this.load.answers.get(revision) ?? 0) > before + 5));
  }
}

test("no request fails while a service is scaled, rolled out, split and its pods are deleted", { skip, timeout: 240_000 }, async (t) => {
  const kinetic = await startKinetic(t);
  const scene = new Scene(kinetic, await buildProgram(kinetic.dataDir, "echo", ECHO_PROGRAM));
  await scene.apply({ env: "1" });
  await kinetic.kubectlOk(["wait", "ksvc/busy", "--for=condition=Ready", "--timeout=30s"]);
  const { load } = scene;
  const step = (name: string, run: () => Promise<void>) => clean(t, scene, name, run);
  t.after(() => load.connections(0));
  await load.connections(2);
  const conversation = await Conversation.open(scene.address);

  await step("scale up", async () => {
    await load.connections(12);
    await scene.podsBecome("at least 4 pods", (count) => count >= 4);
  });
  await step("scale down", async () => {
    await load.connections(1); // with the conversation that is 2 at once, at 70 % of a target of 2
    await scene.podsBecome("at most 2 pods", (count) => count <= 2);
  });
  await step("new revisions", async () => {
    await load.connections(6);
    for (const revision of ["2", "3", "4"]) {
      await scene.apply({ env: revision });
      await scene.answeredBy(`busy-0000${revision}`);
    }
  });
  await step("traffic splits", async () => {
    const splits = [
      [
        ["busy-00001", 40],
        ["busy-00002", 30],
        ["busy-00003", 30],
      ],
      [["busy-00001", 100]],
      [
        ["busy-00002", 50],
        ["busy-00004", 50],
      ],
    ] as const;
    for (const traffic of splits) {
      await scene.apply({ env: "4", traffic });
      for (const [revision] of traffic) await scene.answeredBy(revision);
    }
  });
  await step("min-scale", async () => {
    await scene.apply({ env: "5", minScale: 3 });
    await scene.answeredBy("busy-00005");
    await kinetic.kubectlOk(["annotate", "podautoscaler/busy-00005", "autoscaling.knative.dev/min-scale=5", "--overwrite"]);
    await scene.apply({ env: "6" });
    await scene.answeredBy("busy-00006");
  });
  await step("deleted pods", async () => {
    for (let round = 0; round < 2; round++) {
      const names = (await scene.pods()).flatMap((line) => (line.startsWith("busy-00006") ? [line.split(" ")[0] ?? ""] : []));
      await kinetic.kubectlOk(["delete", "pod", ...names, "--wait=false"]);
      await eventually("other pods answer", async () => {
        const now = await scene.pods();
        assert.ok(now.some((line) => line.startsWith("busy-00006") && !names.some((name) => line.startsWith(name))));
      });
      await scene.answeredBy("busy-00006");
    }
  });
  await t.test("what was upgraded before all this still talks", () => {
    assert.deepEqual([conversation.failure, conversation.echoed > 100], [undefined, true]);
    conversation.end();
  });
  await step("to zero and back", async () => {
    for (let round = 0; round < 2; round++) {
      await load.connections(0);
      await scene.podsBecome("no pod", (count) => count === 0);
      await load.connections(8);
      await scene.answeredBy("busy-00006");
    }
  });
  await load.connections(0);
  assert.ok(load.total > 1_000, `only ${load.total} requests`);
});

/** Runs a step under load; every failure of it is shown. */
async function clean(t: TestContext, { load, kinetic }: Scene, name: string, run: () => Promise<void>): Promise<void> {
  load.phase = name;
  await t.test(name, async () => {
    const [failed, total] = [load.failures.length, load.total];
    const outcome = await run().then(
      () => undefined,
      (error: unknown) => error,
    );
    const { exitCode, signalCode } = kinetic.process;
    assert.deepEqual([exitCode, signalCode], [null, null], `the platform has ended: ${kinetic.output}`);
    assert.ifError(outcome);
    t.diagnostic(`${name}: ${load.total - total} answers`);
    assert.deepEqual(load.failures.slice(failed), []);
  });
}
