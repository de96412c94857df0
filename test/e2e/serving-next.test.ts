/** Serving beyond the tour: requests per second as the metric, names and digests of revisions, quick probes, `kn service apply`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";

/** Greets with WORD; its /late answers 503 for the first 400 ms. */
const PROGRAM = `
import { createServer } from "node:http";
const start = performance.now();
createServer((request, response) => {
  if (request.url === "/late" && performance.now() - start < 400) response.statusCode = 503;
  response.end(process.env.WORD ?? "hi");
}).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
`;

interface Template {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly container?: object;
}

function service(name: string, image: string, { name: revision, annotations = {}, container = {} }: Template) {
  const metadata = { annotations, ...(revision === undefined ? {} : { name: revision }) };
  const template = { metadata, spec: { containers: [{ image, ...container }] } };
  return { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name }, spec: { template } };
}

async function applied(platform: Kinetic, body: ReturnType<typeof service>, traffic?: readonly object[]): Promise<void> {
  const spec = traffic === undefined ? body.spec : { ...body.spec, traffic };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify({ ...body, spec }));
  await platform.kubectlOk(["wait", "--for=condition=Ready", `ksvc/${body.metadata.name}`, "--timeout=60s"]);
}

test("serving, next part", { skip: requires("kubectl"), timeout: 240_000 }, async (t) => {
  const platform = await startKinetic(t);
  const image = await buildProgram(platform.dataDir, "next", PROGRAM);
  const said = async (name: string) => (await platform.get(`${name}.default.localhost`)).body;

  await t.test("requests per second as the metric: one quick connection makes more instances than its concurrency would", async () => {
    const annotations = { metric: "rps", target: "10", "max-scale": "3", window: "6s" };
    const full = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]));
    await applied(platform, service("rate", image, { annotations: full }));
    const metric = "jsonpath={.metadata.annotations.autoscaling\\.knative\\.dev/metric}";
    assert.equal(await platform.kubectlOk(["get", "podautoscaler", "rate-00001", "-o", metric]), "rps");
    const host = "rate.default.localhost";
    const load = platform.kinetic(["load", platform.running.gateway, "--host", host, "-c", "1", "-d", "10s", "--json"]);
    await eventually("three instances are ready", async () => {
      const path = "jsonpath={.status.readyReplicas}";
      assert.equal(await platform.kubectlOk(["get", "deployment", "rate-00001-deployment", "-o", path]), "3");
    });
    assert.deepEqual(Object.keys((JSON.parse((await load).stdout) as { statuses: object }).statuses), ["200"]);
  });

  await t.test("revisions have the names that their templates choose, and traffic is pinned to them", async () => {
    const env = (value: string) => ({ env: [{ name: "WORD", value }] });
    await applied(platform, service("own", image, { name: "own-first", container: env("first") }));
    assert.equal(await said("own"), "first");
    const pinned = [{ revisionName: "own-first", percent: 100 }];
    await applied(platform, service("own", image, { name: "own-second", container: env("second") }), pinned);
    assert.equal(await said("own"), "first");
    const latest = JSON.stringify({ spec: { traffic: [{ latestRevision: true, percent: 100 }] } });
    await platform.kubectlOk(["patch", "ksvc", "own", "--type", "merge", "-p", latest]);
    await eventually("the second answers", async () => assert.equal(await said("own"), "second"));
    const names = await platform.kubectlOk(["get", "revisions", "-l", "serving.knative.dev/service=own", "-o", "name"]);
    assert.deepEqual(names.trim().split("\n"), ["revision.serving.knative.dev/own-first", "revision.serving.knative.dev/own-second"]);
    const changed = service("own", image, { name: "own-second", container: env("third") });
    const refused = await platform.kubectl(["apply", "-f", "-"], JSON.stringify(changed));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Saw the following changes without a name change/);
  });

  await t.test("the digest of the image is in the Revision's status, and the Deployment runs it", async () => {
    await applied(platform, service("fixed", image, {}));
    const path = "jsonpath={.status.containerStatuses[0].imageDigest}";
    const digest = await platform.kubectlOk(["get", "revision", "fixed-00001", "-o", path]);
    assert.match(digest, /\/next@sha256:[0-9a-f]{64}$/);
    const images = "jsonpath={.spec.template.spec.containers[*].image}";
    assert.equal(await platform.kubectlOk(["get", "deployment", "fixed-00001-deployment", "-o", images]), digest);
    await buildProgram(platform.dataDir, "next", `${PROGRAM}// another\n`);
    await applied(platform, service("moved", image, {}));
    assert.notEqual(await platform.kubectlOk(["get", "revision", "moved-00001", "-o", path]), digest);
    assert.equal(await platform.kubectlOk(["get", "revision", "fixed-00001", "-o", path]), digest);
  });

  await t.test("a readiness probe with periodSeconds 0 notices within a second what a period would notice late", async () => {
    const httpGet = { path: "/late" };
    await applied(platform, service("quick", image, { container: { readinessProbe: { httpGet, periodSeconds: 0 } } }));
    const selector = ["-l", "serving.knative.dev/service=quick", "-o"];
    const pods = JSON.parse(await platform.kubectlOk(["get", "pods", ...selector, "json"])) as { items: PodTimes[] };
    const [pod] = pods.items;
    const started = Date.parse(pod?.status.containerStatuses[0]?.state.running.startedAt ?? "");
    const ready = Date.parse(pod?.status.conditions.find(({ type }) => type === "Ready")?.lastTransitionTime ?? "");
    assert.ok(ready - started <= 2000, `${ready - started} ms`); // whole seconds in the API
  });

  await t.test("kn service apply creates, changes nothing, then makes a revision of the difference", async () => {
    const apply = async (...args: string[]) => {
      const ran = await platform.kn(["service", "apply", "told", "--image", image, ...args]);
      assert.equal(ran.code, 0, ran.stderr);
      return ran.stdout;
    };
    assert.match(await apply("--env", "WORD=one"), /Service 'told' created to latest revision 'told-00001' is available at URL:/);
    assert.equal(await said("told"), "one");
    assert.match(await apply("--env", "WORD=one"), /^No changes to apply to service 'told'\./);
    assert.match(await apply("--env", "WORD=two"), /Service 'told' applied to latest revision 'told-00002' is available at URL:/);
    await eventually("the second answers", async () => assert.equal(await said("told"), "two"));
  });
});

interface PodTimes {
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly lastTransitionTime: string }[];
    readonly containerStatuses: readonly { readonly state: { readonly running: { readonly startedAt: string } } }[];
  };
}
