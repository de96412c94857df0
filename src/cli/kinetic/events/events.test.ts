import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { BASE, runObserved } from "../fixtures/observed-run.ts";

const record = (id: string, more: object = {}) => ({
  metadata: { name: `b-${id}`, namespace: "ns" },
  spec: { broker: "b", event: { id, type: "t", source: "/s", data: { n: 1 } } },
  status: { offset: 3, receivedAt: "2026-01-01T10:20:30.456Z", ...more },
});

test("events tail prints a line for each event until it has enough", async () => {
  const lines = ["a", "b", "c"].map((id) => ({ type: "ADDED", object: record(id) }));
  const answers = { [`GET ${BASE}/eventrecords?watch=true&broker=b&from=oldest`]: lines };
  const ran = await runObserved(["events", "tail", "--broker", "b", "--from", "oldest", "--limit", "2"], answers);
  assert.equal(
    ran.stdout.replaceAll(/ +/g, " "),
    'TIME BROKER TYPE SOURCE ID DATA\n10:20:30.456 b t /s a {"n":1}\n10:20:30.456 b t /s b {"n":1}\n',
    ran.stderr,
  );
  const json = await runObserved(["events", "tail", "--broker", "b", "--from", "oldest", "--json"], answers);
  assert.deepEqual(JSON.parse(json.stdout.split("\n")[2] ?? ""), record("c"));
});

test("events tail ends with the server's reason when the stream does", async () => {
  const status = { kind: "Status", message: "the segment is quarantined", code: 503 };
  const answers = { [`GET ${BASE}/eventrecords?watch=true&from=head`]: [{ type: "ERROR", object: status }] };
  const ran = await runObserved(["events", "tail"], answers);
  assert.deepEqual([ran.code, ran.stderr], [1, "Error: the segment is quarantined\n"]);
});

test("events show tells an event's life, and says when there is none", async () => {
  const life = record("a", {
    triggers: [{ trigger: "mine", outcome: "filtered", detail: 'type is "t", wanted "x"' }],
    timeline: [{ at: "2026-01-01T10:20:30.456Z", what: "received" }],
  });
  const ran = await runObserved(["events", "show", "a"], { [`GET ${BASE}/eventrecords?id=a`]: { items: [life] } });
  assert.match(
    ran.stdout,
    /^Broker: +ns\/b, offset 3\n[^]*TRIGGER +OUTCOME +DETAIL\nmine +filtered +type is "t", wanted "x"\n[^]*10:20:30\.456 +received\n$/,
  );
  const none = await runObserved(["events", "show", "z"], { [`GET ${BASE}/eventrecords?id=z`]: { items: [] } });
  assert.deepEqual([none.code, none.stderr], [1, 'Error: no event with id "z" is kept in namespace ns\n']);
});

test("events replay prints count and rate and asks; then it begins exactly that", async () => {
  const plan = { metadata: { name: "mine-1" }, status: { phase: "Running", total: 5, fromOffset: 2, toOffset: 7, done: 0, parked: 0 } };
  const answers = { [`POST ${BASE}/replays?dryRun=All`]: plan, [`POST ${BASE}/replays`]: plan };
  const refused = await runObserved(["events", "replay", "mine", "--rate", "9"], answers, { stdin: "\n" });
  assert.deepEqual([refused.code, refused.calls.length], [1, 1]);
  assert.match(refused.stderr, /^replay up to 5 events \(offsets 2 to 6\) to trigger mine at 9\/s\?/);
  const begun = await runObserved(["events", "replay", "mine", "--no-wait", "--yes"], answers);
  assert.match(
    begun.stdout,
    /^replay mine-1: up to 5 events [^\n]*\nit goes on by itself; end it with: kinetic events replay --cancel mine-1\n$/,
  );
  assert.deepEqual(begun.bodies[1], {
    metadata: { name: "mine-1" },
    spec: { trigger: "mine", from: "2", to: "7", rate: 50, replies: "discard" },
  });
});

test("events replay waits until it is complete, lists and cancels", async () => {
  const status = { phase: "Completed", total: 1, fromOffset: 0, toOffset: 1, done: 1, parked: 0 };
  const done = { metadata: { name: "r" }, spec: { trigger: "mine" }, status };
  const answers = {
    [`POST ${BASE}/replays?dryRun=All`]: done,
    [`POST ${BASE}/replays`]: { ...done, status: { ...status, phase: "Running", done: 0 } },
    [`GET ${BASE}/replays/r`]: done,
    [`GET ${BASE}/replays`]: { items: [done] },
    [`DELETE ${BASE}/replays/r`]: {},
  };
  assert.match((await runObserved(["events", "replay", "mine", "--yes"], answers)).stdout, /\ndone: 1 events, 0 parked\n$/);
  assert.match((await runObserved(["events", "replay"], answers)).stdout, /\nr +mine +Completed +1\/1 +\n$/);
  assert.equal((await runObserved(["events", "replay", "--cancel", "r"], answers)).stdout, "replay r cancelled\n");
});

async function broker(t: TestContext, status: number, body: string) {
  const got: { path: string | undefined; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = createServer((request, response) => {
    void Array.fromAsync(request).then((chunks) => {
      got.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks as Buffer[]).toString() });
      response.writeHead(status).end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const address = { url: "http://broker-ingress.knative-eventing.svc.cluster.local/ns/b" };
  const answers = {
    "GET /apis/eventing.knative.dev/v1/namespaces/ns/brokers/b": { metadata: { name: "b" }, status: { address } },
    "GET /apis/networking.internal.knative.dev/v1alpha1/namespaces/knative-eventing/ingresses/broker-ingress": {
      metadata: {},
      spec: { rules: [{ hosts: ["broker-ingress.knative-eventing.localhost"], visibility: "ExternalIP" }] },
    },
    "GET /api/v1/namespaces/knative-serving/endpoints/kinetic-gateway": {
      metadata: {},
      subsets: [{ addresses: [{ ip: "127.0.0.1" }], ports: [{ name: "http", port }] }],
    },
  };
  return { got, answers, port };
}

test("events send posts through the gateway where only pods reach the broker, and prints the id", async (t) => {
  const { got, answers, port } = await broker(t, 202, "");
  const args = ["events", "send", "--broker", "b", "--id", "x", "--type", "order", "-d", '{"n":1}', "-e", "region=eu"];
  const ran = await runObserved(args, answers);
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "x\n", ""]);
  const [one] = got;
  assert.deepEqual(
    [one?.path, one?.headers["host"], one?.headers["ce-type"], one?.headers["ce-region"], one?.headers["content-type"], one?.body],
    ["/ns/b", `broker-ingress.knative-eventing.localhost:${port}`, "order", "eu", "application/json", '{"n":1}'],
  );
});

test("events send says why it was refused", async (t) => {
  const { answers } = await broker(t, 503, JSON.stringify({ reason: "DiskFull", message: "the disk is full" }));
  const ran = await runObserved(["events", "send", "--broker", "b"], answers);
  assert.deepEqual([ran.code, ran.stderr], [1, "Error: the broker refused it with 503: DiskFull: the disk is full\n"]);
  const missing = await runObserved(["events", "send", "--broker", "no"], answers);
  assert.equal(missing.stderr, 'Error: there is no broker "no" in namespace ns\n');
  const invalid = await runObserved(["events", "send", "--type", ""], answers);
  assert.deepEqual([invalid.calls, invalid.stderr], [[], "Error: the required attribute type is missing or empty\n"]);
});
