/** Gradual rollout and tags named in a header, seen by the requests that they move. */
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

test(
  "with tag-header-based-routing a request names its tag in a header",
  { skip: requires("kubectl", "linux"), timeout: 120_000 },
  async (t) => {
    const platform = await startKinetic(t);
    const feature = JSON.stringify({ data: { "tag-header-based-routing": "Enabled" } });
    await platform.kubectlOk(["patch", "configmap", "config-features", "-n", "knative-serving", "--type=merge", "-p", feature]);
    const image = await buildProgram(platform.dataDir, "tagged", source);
    const [one, two] = ["one", "two"].map((value) => ({ containers: [{ image, env: [{ name: "VERSION", value }] }] }));
    const apply = (spec: object) =>
      platform.kubectlOk(
        ["apply", "-f", "-"],
        JSON.stringify({ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "tagged" }, spec }),
      );
    await apply({ template: { spec: one } });
    await platform.kubectlOk(["wait", "ksvc/tagged", "--for=condition=Ready", "--timeout=30s"]);
    const traffic = [
      { revisionName: "tagged-00001", percent: 100, tag: "old" },
      { latestRevision: true, percent: 0, tag: "next" },
    ];
    await apply({ template: { spec: two }, traffic });
    await platform.kubectlOk(["wait", "ksvc/tagged", "--for=condition=Ready", "--timeout=30s"]);
    const said = async (tag?: string) =>
      (await platform.get("tagged.default.localhost", "/", tag === undefined ? {} : { "Knative-Serving-Tag": tag })).body;
    assert.deepEqual(await Promise.all([said(), said("next"), said("old"), said("unknown")]), ["one", "two", "one", "one"]);
  },
);
