/** A gradual rollout, seen by the requests that it moves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";

const source = `import { createServer } from "node:http";
  createServer((_, answer) => answer.end(process.env.VERSION)).listen(Number(process.env.PORT));`;

async function deploy(platform: Kinetic, image: string, version: string): Promise<void> {
  const metadata = { name: "gradual", annotations: { "serving.knative.dev/rollout-duration": "6s" } };
  const spec = { template: { spec: { containers: [{ image, env: [{ name: "VERSION", value: version }] }] } } };
  const service = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata, spec };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify(service));
}

test(
  "with rollout-duration a new revision takes over step by step",
  { skip: requires("kubectl", "linux"), timeout: 120_000 },
  async (t) => {
    const platform = await startKinetic(t);
    const image = await buildProgram(platform.dataDir, "gradual", source);
    await deploy(platform, image, "one");
    await platform.kubectlOk(["wait", "ksvc/gradual", "--for=condition=Ready", "--timeout=30s"]);
    await deploy(platform, image, "two");
    const share = async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => platform.get("gradual.default.localhost")));
      for (const { status, body } of answers) assert.equal(status, 200, body);
      return answers.filter(({ body }) => body === "two").length / answers.length;
    };
    await eventually("both serve, the new one with less than all", async () => {
      const now = await share();
      assert.ok(now > 0.1 && now < 0.9, `${now}`);
    });
    assert.match(await platform.kubectlOk(["get", "ksvc", "gradual"]), /Unknown +RolloutInProgress/);
    await platform.kubectlOk(["wait", "ksvc/gradual", "--for=condition=Ready", "--timeout=30s"]);
    assert.equal(await share(), 1);
  },
);
