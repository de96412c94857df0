/** Where requests land: exact splits, rollback, tags, and services that only the inside may call. */
import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, httpGet, startKinetic, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";
import { ECHO_PROGRAM, exchange } from "./load.ts";

const skip = requires("kubectl", "linux");

interface Target {
  readonly revisionName: string;
  readonly percent?: number;
  readonly tag?: string;
}

interface Wanted {
  readonly name: string;
  readonly image: string;
  readonly env?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly traffic?: readonly Target[];
}

/** Applies and waits until the Service of this generation is ready. */
async function apply(kinetic: Kinetic, { name, image, env = "", labels = {}, traffic }: Wanted): Promise<void> {
  const spec = { template: { spec: { containers: [{ image, env: [{ name: "STEP", value: env }] }] } }, ...(traffic && { traffic }) };
  const service = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name, labels }, spec };
  await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(service));
  await eventually(`${name} is ready as it is now`, async () => {
    const { metadata, status } = JSON.parse(await kinetic.kubectlOk(["get", "ksvc", name, "-o", "json"])) as Observed;
    assert.equal(status?.observedGeneration, metadata.generation);
    assert.equal(status?.conditions?.find(({ type }) => type === "Ready")?.status, "True");
  });
}

interface Observed {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** How many of so many requests each revision answers, over keep-alive connections that ask at the same time. */
async function landings(kinetic: Kinetic, host: string, { requests, connections }: { requests: number; connections: number }) {
  const counts: Record<string, number> = {};
  const connection = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < requests / connections; index++) {
      const { status, headers } = await exchange({ gateway: kinetic.running.gateway, host, agent });
      assert.equal(status, 200);
      const revision = String(headers["revision"]);
      counts[revision] = (counts[revision] ?? 0) + 1;
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return counts;
}

test("where requests land", { skip, timeout: 240_000 }, async (t) => {
  const kinetic = await startKinetic(t);
  const image = await buildProgram(kinetic.dataDir, "echo", ECHO_PROGRAM);
  const { domain } = kinetic.running;
  const host = `split.default.${domain}`;
  for (const env of ["1", "2", "3"]) await apply(kinetic, { name: "split", image, env });
  const split = (...traffic: Target[]) => apply(kinetic, { name: "split", image, env: "3", traffic });
  const [first, second, third] = ["split-00001", "split-00002", "split-00003"] as const;

  await t.test("1,000 requests over 40/30/30 land exactly 400, 300 and 300, through one connection and through ten", async () => {
    await split({ revisionName: first, percent: 40 }, { revisionName: second, percent: 30 }, { revisionName: third, percent: 30 });
    for (const connections of [1, 10]) {
      assert.deepEqual(await landings(kinetic, host, { requests: 1_000, connections }), { [first]: 400, [second]: 300, [third]: 300 });
    }
  });

  await t.test("a rollback sends everything to the revision before, at once", async () => {
    await split({ revisionName: first, percent: 100 });
    assert.deepEqual(await landings(kinetic, host, { requests: 100, connections: 4 }), { [first]: 100 });
  });

  await t.test("a tag has a URL of its own, also without traffic", async () => {
    await split({ revisionName: first, percent: 100 }, { revisionName: third, tag: "next" });
    const tagged = `next-split.default.${domain}`;
    assert.deepEqual(await landings(kinetic, tagged, { requests: 10, connections: 1 }), { [third]: 10 });
    assert.deepEqual(await landings(kinetic, host, { requests: 10, connections: 1 }), { [first]: 10 });
  });

  await t.test("a cluster-local service answers inside and is 404 outside", async () => {
    await apply(kinetic, { name: "private", image, labels: { "networking.knative.dev/visibility": "cluster-local" } });
    const inside = "private.default.svc.cluster.local";
    const answer = await httpGet(`${kinetic.running.internal}/`, { host: inside });
    assert.deepEqual([answer.status, answer.headers["revision"]], [200, "private-00001"]);
    for (const name of [inside, `private.default.${domain}`]) {
      const refused = await kinetic.get(name);
      assert.equal(refused.status, 404);
      assert.match(String(refused.headers["kinetic-error"]), /reason=/);
    }
  });

  await t.test("the inside reaches public services by their cluster-local names too", async () => {
    const answer = await httpGet(`${kinetic.running.internal}/`, { host: "split.default.svc.cluster.local" });
    assert.deepEqual([answer.status, answer.headers["revision"]], [200, first]);
  });
});
