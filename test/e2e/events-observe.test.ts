/** Dead letters from the fall to the redrive, and what one sees of events, with the programs that people use. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { DeadLetter } from "../../src/api/observe/dead-letter.ts";
import { requires } from "../../src/testing/requirements.ts";
import { ANY_PORTS, eventually, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";

const objects = (subscriber: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "eventing.knative.dev/v1", kind: "Broker", metadata: { name: "default" } },
      {
        apiVersion: "eventing.knative.dev/v1",
        kind: "Trigger",
        metadata: { name: "orders" },
        spec: { broker: "default", filters: [{ exact: { type: "order" } }], delivery: { retry: 0 }, subscriber: { uri: subscriber } },
      },
    ],
  });

/** A port on which nothing listens until somebody is told to. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Takes events; `id`, replay and data of each. */
async function subscriber(t: TestContext, port: number): Promise<string[]> {
  const got: string[] = [];
  const server = createServer((request, response) => {
    void Array.fromAsync(request).then((chunks) => {
      const data = Buffer.concat(chunks as Buffer[]).toString();
      got.push([request.headers["ce-id"], request.headers["ce-kineticreplay"] ?? "-", data].join(" "));
      response.writeHead(202).end();
    });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return got;
}

async function ok(kinetic: Kinetic, ...args: string[]): Promise<string> {
  const finished = await kinetic.kinetic(args);
  assert.equal(finished.code, 0, `kinetic ${args.join(" ")}: ${finished.stderr}`);
  return finished.stdout;
}

test(
  "a dead letter is found, mended and sent again; an event's life is told; a replay outlives the platform",
  { skip: requires("kubectl") },
  async (t) => {
    const dataDir = await temporaryFolder(t);
    const first = await startKinetic(t, { dataDir, args: ANY_PORTS });
    assert.match((await first.kubectl(["get", "deadletters"])).stderr, /No resources found/);
    const port = await freePort();
    await first.kubectlOk(["apply", "-f", "-"], objects(`http://127.0.0.1:${port}/`));
    await first.kubectlOk(["wait", "--for=condition=Ready", "broker/default", "trigger/orders", "--timeout=30s"]);

    const tail = first.kinetic(["events", "tail", "--from", "oldest", "--limit", "3"]);
    const send = (id: string, type: string) => ok(first, "events", "send", "--id", id, "--type", type, "--data", `{"of":"${id}"}`);
    assert.equal(await send("broken", "order"), "broken\n");
    await send("fine", "order");
    await send("other", "note");
    assert.match((await tail).stdout, /^TIME [^]* order +\S+ +broken +\{"of":"broken"\}\n[^]* note +\S+ +other /);
    assert.match(
      await eventually("it is parked", async () => {
        const list = await ok(first, "dlq", "list");
        assert.match(list, / fine /);
        return list;
      }),
      /^NAME [^]* orders +broken +order +NoSink +1 +0 +\S+ +connect ECONNREFUSED/,
    );
    assert.match(
      await first.kubectlOk(["get", "deadletters", "-l", "eventing.knative.dev/trigger=orders"]),
      /^NAME +TRIGGER +EVENT [^]*broken/,
    );
    const json = (await ok(first, "dlq", "list", "--json")).split("\n")[0] ?? "";
    const name = (JSON.parse(json) as DeadLetter).metadata.name ?? "";
    assert.match(await ok(first, "dlq", "show", name), /^Trigger: +default\/orders\n[^]*"of": "broken"/);

    assert.match(await ok(first, "dlq", "edit", name, "--data", '{"of":"mended"}'), new RegExp(`is the changed copy of ${name};`));
    const still = await first.kinetic(["dlq", "redrive", "--trigger", "orders"]);
    assert.match(`${still.code} ${still.stderr}`, /^1 Error: 2 could not be redriven; they stay where they are/);
    const got = await subscriber(t, port);
    assert.match(await ok(first, "dlq", "redrive", "--trigger", "orders"), /2 of 3 redriven\n$/);
    assert.deepEqual(got.splice(0).toSorted(), ['broken - {"of":"mended"}', 'fine - {"of":"fine"}']);
    assert.equal(await ok(first, "dlq", "list"), "no dead letters in namespace default\n");
    assert.match(
      await ok(first, "events", "show", "fine"),
      /orders +redriven [^]* received\n[^]* attempt 1\n[^]* parked as dead letter \d+: NoSink[^]* redriven\n$/,
    );
    assert.match(await ok(first, "events", "show", "other"), /orders +filtered +type is "note", wanted "order"/);

    await ok(first, "events", "replay", "orders", "--name", "again", "--rate", "0.5", "--yes", "--no-wait");
    await eventually("it has begun", async () => assert.equal(got.length, 1));
    await first.stop("SIGKILL");
    const second = await startKinetic(t, { dataDir });
    await eventually("it goes on", async () => assert.match(await second.kubectlOk(["get", "replay", "again"]), / Completed +3\/3 /));
    assert.ok(got.includes('fine again {"of":"fine"}'), got.join("; "));
  },
);
