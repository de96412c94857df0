/** Events from end to end: brokers, filters, replies, sources, a subscriber that is down, SIGKILL, and what is refused. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { ANY_PORTS, eventually, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";

const BROKER_HOST = "broker-ingress.knative-eventing.localhost";
const WHILE_DOWN = 20;

/** Sends one event to its sink, through the proxy that pods get where names of the cluster have no address. */
const BEEPER = `
import { request } from "node:http";
const sink = new URL(process.env.K_SINK);
const proxy = process.env.http_proxy ? new URL(process.env.http_proxy) : undefined;
const headers = { host: sink.host, "ce-specversion": "1.0", "ce-id": "beep", "ce-source": "/beeper", "ce-type": "beep" };
const { hostname, port } = proxy ?? sink;
const to = { hostname, port, path: proxy ? sink.href : sink.pathname };
function beep() {
  const sent = request({ ...to, method: "POST", headers }, (answer) => {
    console.log("answered", answer.statusCode);
    if (answer.statusCode !== 202) setTimeout(beep, 200);
  });
  sent.on("error", (error) => (console.log(error.message), setTimeout(beep, 200)));
  sent.end("beep");
}
beep();
setInterval(() => {}, 1000);
`;

const eventing = (kind: string, name: string, spec: object = {}) => ({
  apiVersion: "eventing.knative.dev/v1",
  kind,
  metadata: { name },
  spec,
});
const source = (kind: string, name: string, spec: object) => ({
  apiVersion: "sources.knative.dev/v1",
  kind,
  metadata: { name },
  spec: { ...spec, sink: { ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "default" } } },
});
const list = (...items: object[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });

function objects(port: number): string {
  const trigger = (name: string, filters: object[], subscriber: object = { uri: `http://127.0.0.1:${port}/${name}` }) =>
    eventing("Trigger", name, { broker: "default", filters, subscriber });
  return list(
    eventing("Broker", "default"),
    trigger("orders", [{ exact: { type: "order" } }]),
    trigger("large", [{ cesql: "type = 'order' AND EXISTS total AND total > 100" }]),
    trigger("invoices", [{ exact: { type: "invoice" } }]),
    trigger("pings", [{ prefix: { type: "dev.knative.sources." } }]),
    trigger("beeps", [{ exact: { type: "beep" } }]),
    trigger("display", [{ exact: { type: "note" } }], {
      ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "event-display" },
    }),
    source("PingSource", "every-second", { schedule: "* * * * * *", data: '{"tick":true}', contentType: "application/json" }),
    source("ContainerSource", "beeper", { template: { spec: { containers: [{ name: "beeper", image: "kinetic.local/beeper" }] } } }),
  );
}

/** Takes what triggers bring; `/name id`. Answers orders with an invoice. */
class Subscriber {
  readonly got: string[] = [];
  #server = createServer();
  port = 0;

  async open(): Promise<void> {
    this.#server = createServer((incoming, response) => {
      const { "ce-id": id = "", "ce-type": type } = incoming.headers;
      incoming.resume();
      this.got.push(`${incoming.url} ${String(id)}`);
      if (incoming.url !== "/orders" || type !== "order") return response.writeHead(204).end();
      const invoice = { "ce-specversion": "1.0", "ce-id": `invoice-${String(id)}`, "ce-source": "/shop", "ce-type": "invoice" };
      return response.writeHead(200, invoice).end("12 EUR");
    }).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  has(...lines: readonly string[]): void {
    for (const line of lines) assert.ok(this.got.includes(line), `no ${line} in ${this.got.join("; ")}`);
  }
}

/** Status and text of what the Broker answers. */
async function post(kinetic: Kinetic, headers: Record<string, string>, body: string | Buffer, path = "/default/default"): Promise<string> {
  const { hostname, port } = new URL(kinetic.running.gateway);
  const sent = request({ hostname, port, path, method: "POST", agent: false, headers: { host: BROKER_HOST, ...headers } });
  sent.on("error", () => {}); // the answer comes before everything is sent
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return `${answer.statusCode} ${await text(answer)}`;
}

async function send(kinetic: Kinetic, id: string, type: string, more: Record<string, string> = {}): Promise<void> {
  const headers = { "ce-specversion": "1.0", "ce-id": id, "ce-source": "/shop", "ce-type": type, ...more };
  assert.match(await post(kinetic, headers, `{"of":"${id}"}`), /^202 /);
}

async function platform(t: TestContext, dataDir: string, subscriber: Subscriber): Promise<Kinetic> {
  const kinetic = await startKinetic(t, { dataDir, args: [...ANY_PORTS, "--sample"] });
  await buildProgram(dataDir, "beeper", BEEPER);
  const refused = await kinetic.kubectl(
    ["apply", "-f", "-"],
    list(eventing("Trigger", "wrong", { broker: "default", filters: [{ cesql: "type = " }], subscriber: { uri: "http://127.0.0.1/" } })),
  );
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /denied the request: validation failed: .*filters/s);
  await eventually("the images of the samples", async () => assert.match(kinetic.output, /Sample service hello is ready/));
  const created = await kinetic.kn(["service", "create", "event-display", "--image", "kinetic.local/event-display", "--scale-init", "0"]);
  assert.equal(created.code, 0, created.stderr);
  await kinetic.kubectlOk(["apply", "-f", "-"], objects(subscriber.port));
  await kinetic.kubectlOk(["wait", "--for=condition=Ready", "brokers,triggers,pingsources,containersources", "--all", "--timeout=30s"]);
  return kinetic;
}

test(
  "events: filters, replies, sources, what is refused, and nothing lost over SIGKILL",
  { skip: requires("kubectl", "linux") },
  async (t) => {
    const subscriber = new Subscriber();
    await subscriber.open();
    t.after(() => subscriber.close());
    const dataDir = await temporaryFolder(t);
    const first = await platform(t, dataDir, subscriber);

    await t.test("each trigger gets what its filter says; a reply goes to whom it concerns", async () => {
      await send(first, "small", "order", { "ce-total": "5" });
      await send(first, "big", "order", { "ce-total": "500" });
      await eventually("orders and invoices", async () => {
        subscriber.has("/orders small", "/orders big", "/large big", "/invoices invoice-small", "/invoices invoice-big");
      });
      assert.ok(!subscriber.got.includes("/large small"), subscriber.got.join("; "));
    });

    await t.test("a Service at zero gets its event", async () => {
      await send(first, "remember", "note");
      const logs = ["logs", "-l", "serving.knative.dev/service=event-display", "-c", "user-container", "--tail=-1"];
      await eventually("the note in the log", async () => assert.match(await first.kubectlOk(logs), /^ {2}id: remember$/m));
    });

    await t.test("sources: a schedule in seconds, and a container that is told where its sink is", async () => {
      await eventually("pings", async () => assert.match(subscriber.got.join("\n"), /^\/pings /m));
      await eventually("the beep", async () => subscriber.has("/beeps beep"));
    });

    await t.test("what is no event, or too large, or for nobody, is refused with a reason", async () => {
      const binary = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "order" };
      assert.match(await post(first, { "content-type": "text/plain" }, "hello"), /^400 .*no CloudEvent/);
      assert.match(await post(first, { ...binary, "ce-specversion": "7" }, "x"), /^400 .*specversion/);
      assert.match(await post(first, { "content-type": "application/cloudevents+json" }, "{"), /^400 /);
      assert.match(await post(first, { "content-type": "application/cloudevents-batch+json" }, '[{"specversion":"1.0"}]'), /^400 /);
      assert.match(await post(first, binary, Buffer.alloc(5 * 1024 * 1024)), /^413 /);
      assert.match(await post(first, binary, "x", "/default/nobody"), /^404 /);
    });

    await t.test("a subscriber that is down while the platform is killed gets everything afterwards", async (st) => {
      await subscriber.close();
      const ids = Array.from({ length: WHILE_DOWN }, (_, index) => `night-${index}`);
      for (const id of ids) await send(first, id, "order", { "ce-total": "1000" });
      await first.stop("SIGKILL");
      await startKinetic(st, { dataDir });
      await subscriber.open();
      const wanted = ids.flatMap((id) => [`/orders ${id}`, `/large ${id}`, `/invoices invoice-${id}`]);
      await eventually("everything that was accepted", async () => subscriber.has(...wanted));
      const pings = subscriber.got.filter((line) => line.startsWith("/pings ")).length;
      await eventually("pings go on", async () => assert.ok(subscriber.got.filter((line) => line.startsWith("/pings ")).length > pings));
    });
  },
);
