/** Programs written with the SDKs of CloudEvents, for JavaScript and for Go, send to a Broker and get from Triggers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { CloudEvent, emitterFor, HTTP, Mode, type Headers, type Message } from "cloudevents";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "../e2e/harness.ts";
import { goClient } from "./built.ts";
import { runReported } from "./reported.ts";

const BROKER_HOST = "broker-ingress.knative-eventing.localhost";

const objects = (types: readonly string[], subscriber: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "eventing.knative.dev/v1", kind: "Broker", metadata: { name: "default" } },
      ...types.map((type) => ({
        apiVersion: "eventing.knative.dev/v1",
        kind: "Trigger",
        metadata: { name: type.replace(".", "-") },
        spec: {
          broker: "default",
          filter: { attributes: { type } },
          subscriber: { uri: subscriber },
          ...(type.endsWith(".json") ? { delivery: { format: "json" } } : {}),
        },
      })),
    ],
  });

async function platformWith(t: TestContext, types: readonly string[], subscriber: string): Promise<Kinetic> {
  const kinetic = await startKinetic(t);
  await kinetic.kubectlOk(["apply", "-f", "-"], objects(types, subscriber));
  await kinetic.kubectlOk(["wait", "--for=condition=Ready", "brokers,triggers", "--all", "--timeout=30s"]);
  return kinetic;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("cloudevents for Go", { skip: requires("go", "kubectl", "linux"), timeout: 600_000 }, async (t) => {
  const path = await goClient("events");
  const port = await freePort();
  const { running } = await platformWith(t, ["go.ask", "go.told", "go.answer", "go.json"], `http://127.0.0.1:${port}/`);
  const env = { SINK: `http://${BROKER_HOST}:${new URL(running.gateway).port}/default/default`, PORT: String(port) };
  await runReported(t, { path, args: ["-test.v", "-test.timeout=60s"], env, atLeast: 6 });
});

/** What the SDK makes of a request; an answer to what asks for one. */
async function receiver(t: TestContext): Promise<{ readonly url: string; readonly got: CloudEvent<unknown>[] }> {
  const got: CloudEvent<unknown>[] = [];
  const server = createServer((incoming: IncomingMessage, response) => {
    void text(incoming).then((body) => {
      const event = HTTP.toEvent<unknown>({ headers: incoming.headers as Headers, body }) as CloudEvent<unknown>;
      got.push(event);
      if (event.type !== "js.ask") return response.writeHead(204).end();
      const answer = { type: "js.answer", source: "/js/receiver", id: `answer-to-${event.id}`, data: { to: event.id } };
      const { headers, body: answered } = HTTP.structured(new CloudEvent(answer));
      return response.writeHead(200, headers as Record<string, string>).end(answered);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got };
}

/** Status of a POST to the Broker, as the SDK's transports are made. */
async function post(kinetic: Kinetic, { headers, body }: Message): Promise<number> {
  const { hostname, port } = new URL(kinetic.running.gateway);
  const named = { ...(headers as Record<string, string>), host: BROKER_HOST };
  const sent = request({ hostname, port, path: "/default/default", method: "POST", headers: named });
  sent.end(body as string);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

test("cloudevents for JavaScript", { skip: requires("kubectl") }, async (t) => {
  const { url, got } = await receiver(t);
  const kinetic = await platformWith(t, ["js.ask", "js.told", "js.answer", "js.json"], url);
  const made = (id: string, type = "js.told") =>
    new CloudEvent({ id, type, source: "/js/sender", subject: "small/red", time: "2026-01-02T03:04:05.678Z", number: 7, data: { id } });
  const arrived = (id: string) =>
    eventually(`${id} arrives`, async () => {
      const event = got.find((one) => one.id === id);
      assert.ok(event !== undefined, `got ${got.map((one) => one.id).join()}`);
      return event;
    });

  for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
    await t.test(`${mode} mode comes as it was sent`, async () => {
      const emit = emitterFor((message: Message) => post(kinetic, message), { mode });
      assert.equal(await emit(made(mode)), 202);
      const { id, subject, time, data, source, number } = await arrived(mode);
      assert.deepEqual({ id, subject, time, data, source, number: Number(number) }, { ...ofMade(mode) });
    });
  }

  await t.test("a text that is not ASCII comes as it was sent in JSON", async () => {
    const event = (id: string) => made(id, "js.json").cloneWith({ subject: "größe" });
    assert.equal(await post(kinetic, HTTP.binary(event("raw"))), 202);
    assert.equal(await post(kinetic, HTTP.structured(event("json"))), 202);
    for (const id of ["raw", "json"]) assert.equal((await arrived(id)).subject, "größe");
  });

  await t.test("a batch comes as single events", async () => {
    const body = JSON.stringify([made("first"), made("second")]);
    assert.equal(await post(kinetic, { headers: { "content-type": "application/cloudevents-batch+json" }, body }), 202);
    assert.deepEqual((await arrived("first")).data, { id: "first" });
    assert.deepEqual((await arrived("second")).data, { id: "second" });
  });

  await t.test("what a receiver answers comes through the Broker", async () => {
    assert.equal(await post(kinetic, HTTP.binary(made("question", "js.ask"))), 202);
    const { source, data } = await arrived("answer-to-question");
    assert.deepEqual([source, data], ["/js/receiver", { to: "question" }]);
  });
});

function ofMade(id: string) {
  return { id, subject: "small/red", time: "2026-01-02T03:04:05.678Z", data: { id }, source: "/js/sender", number: 7 };
}
