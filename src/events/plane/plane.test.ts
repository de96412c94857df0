import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { EventPlaneState } from "../../api/ports/events.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { brokerKind } from "../../api/eventing/broker.ts";
import { triggerKind, type Trigger } from "../../api/eventing/trigger.ts";
import { silentLogger } from "../../std/logger.ts";
import { systemClock } from "../../std/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import { World } from "../../testing/world.ts";
import { HttpSender } from "../delivery/sender.ts";
import { DEFAULT_LIMITS } from "../journal/contract.ts";
import { openJournal } from "../journal/journal.ts";
import { EventPlane } from "./plane.ts";
import { planTrigger, policyOf } from "./project.ts";
import { apiServerSpec, pingSpec, selectorText } from "./project-sources.ts";

const BROKER = {
  apiVersion: "eventing.knative.dev/v1",
  kind: "Broker",
  metadata: { namespace: "ns", name: "b", uid: "broker-uid", annotations: { "eventing.knative.dev/broker.class": "MTChannelBasedBroker" } },
  spec: { delivery: { retry: 2, backoffDelay: "PT0.05S", backoffPolicy: "exponential" } },
};
const trigger = (name: string, subscriberUri?: string, spec: object = {}): KubeObject =>
  ({
    apiVersion: "eventing.knative.dev/v1",
    kind: "Trigger",
    metadata: { namespace: "ns", name, uid: `uid-${name}` },
    spec: { broker: "b", filter: {}, ...spec },
    ...(subscriberUri === undefined ? {} : { status: { subscriberUri } }),
  }) as KubeObject;

async function subscriber(t: TestContext) {
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(String(request.headers["ce-id"]));
    request.resume().on("end", () => response.writeHead(202).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function plane(t: TestContext, objects: readonly KubeObject[], disk = new TornDisk()) {
  const world = new World({ objects });
  const opened = openJournal({ disk, clock: systemClock, folder: "/journal", limits: { reserveBytes: 0 } });
  assert.ok(opened.kind === "ok");
  const states: EventPlaneState[] = [];
  const locate = (url: URL) => ({ kind: "at" as const, host: url.hostname, port: Number(url.port) });
  const sender = new HttpSender({ clock: systemClock, locate, maxAnswerBytes: 1000 });
  const made = await EventPlane.start({
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    client: world.client,
    informers: world.informers,
    journal: opened.journal,
    limits: DEFAULT_LIMITS,
    sender,
    ingress: { host: "127.0.0.1", port: 0 },
    onState: (state) => states.push(state),
  });
  const end = async () => {
    await made[Symbol.asyncDispose]();
    await opened.journal[Symbol.asyncDispose]();
    await sender[Symbol.asyncDispose]();
  };
  t.after(end);
  const send = async (id: string, broker = "ns/b") => {
    const headers = { "ce-specversion": "1.0", "ce-id": id, "ce-source": "/s", "ce-type": "t" };
    return (await fetch(`http://127.0.0.1:${made.port}/${broker}`, { method: "POST", headers })).status;
  };
  return { world, states, send, journal: opened.journal, end, observe: made.observe };
}

async function until(ask: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await ask())) {
    assert.ok(Date.now() < deadline, "it did not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("plane: an event of a broker reaches the subscribers of its triggers; what is not ours is 404", async (t) => {
  const sub = await subscriber(t);
  const other = {
    ...BROKER,
    metadata: { ...BROKER.metadata, name: "kafka", uid: "k", annotations: { "eventing.knative.dev/broker.class": "Kafka" } },
  };
  const { send, states } = await plane(t, [
    BROKER,
    other,
    trigger("t1", sub.url),
    trigger("t2", sub.url, { filters: [{ exact: { type: "no" } }] }),
  ] as KubeObject[]);
  assert.deepEqual(states.at(-1), {
    brokers: { "broker-uid": { ready: true, message: "" } },
    triggers: { "uid-t1": { durable: true }, "uid-t2": { durable: true } },
    sources: {},
  });
  assert.deepEqual([await send("a"), await send("b", "ns/kafka")], [202, 404]);
  await until(() => sub.got.length === 1);
  assert.deepEqual(sub.got, ["a"]);
});

test("plane: a backlog over its limit is told", async (t) => {
  const limited = trigger("t", "http://127.0.0.1:1/", { delivery: { retry: 5, backoffDelay: "PT60S" } });
  const annotations = { "kinetic.dev/backlog-limit": "1" };
  const { states, send } = await plane(t, [BROKER, { ...limited, metadata: { ...limited.metadata, annotations } }] as KubeObject[]);
  for (const id of ["a", "b", "c"]) assert.equal(await send(id), 202);
  await until(() => (states.at(-1)?.triggers["uid-t"]?.parkedForBacklog ?? 0) >= 1);
});

test("plane: a trigger without an address yet misses nothing", async (t) => {
  const sub = await subscriber(t);
  const { world, send, states } = await plane(t, [BROKER, trigger("t")] as KubeObject[]);
  assert.deepEqual(states.at(-1)?.triggers["uid-t"], { durable: true, problem: "the subscriber's address is not known yet" });
  assert.equal(await send("a"), 202);
  const known = await world.client.get(triggerKind, { namespace: "ns", name: "t" });
  await world.client.updateStatus(triggerKind, { ...(known as Trigger), status: { subscriberUri: sub.url } });
  await until(() => sub.got.length === 1);
});

test("plane: what goes while nothing runs is forgotten at the next start, parked items stay", async (t) => {
  const disk = new TornDisk();
  const first = await plane(t, [BROKER, trigger("t", "http://127.0.0.1:1/")] as KubeObject[], disk);
  await first.send("a");
  await until(async () => (await first.journal.listParked()).length === 1);
  await first.end();
  const second = await plane(t, [BROKER] as KubeObject[], disk);
  assert.deepEqual(await second.journal.cursors(), []);
  assert.equal((await second.journal.listParked()).length, 1);
  await second.end();
  const third = await plane(t, [], disk);
  assert.deepEqual(await third.journal.streams(), []);
  assert.equal((await third.journal.listParked()).length, 1);
});

test("plane: what is parked can be seen and redriven to the subscriber of now, in the API group observe.kinetic.dev", async (t) => {
  const sub = await subscriber(t);
  const { world, send, observe } = await plane(t, [
    BROKER,
    trigger("t", "http://127.0.0.1:1/", { delivery: { retry: 0 } }),
  ] as KubeObject[]);
  const ask = async (path: string, body?: object) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await observe(new Request(`http://x/apis/observe.kinetic.dev/v1alpha1/namespaces/ns/${path}`, init))).text();
  };
  await send("a");
  await until(async () => (await ask("deadletters")).includes('"id":"a"'));
  const known = await world.client.get(triggerKind, { namespace: "ns", name: "t" });
  await world.client.updateStatus(triggerKind, { ...(known as Trigger), status: { subscriberUri: sub.url } });
  await until(async () => {
    await ask("redrives", { spec: { labelSelector: "eventing.knative.dev/trigger=t" } });
    return sub.got.length > 0;
  });
  assert.match(await ask("eventrecords?id=a"), /"trigger":"t","outcome":"redriven"/);
});

test("plane: a broker that is deleted under load takes no more events", async (t) => {
  const { world, send } = await plane(t, [BROKER] as KubeObject[]);
  assert.equal(await send("a"), 202);
  await world.client.delete(brokerKind, { namespace: "ns", name: "b" });
  await until(async () => (await send("b")) === 404);
});

test("plane: a PingSource's events reach its sink", async (t) => {
  const sub = await subscriber(t);
  const ping = {
    apiVersion: "sources.knative.dev/v1",
    kind: "PingSource",
    metadata: { namespace: "ns", name: "p", uid: "ping-uid" },
    spec: { schedule: "* * * * * *", data: "{}" },
    status: { sinkUri: sub.url },
  };
  const { states } = await plane(t, [ping] as unknown as KubeObject[]);
  assert.deepEqual(states.at(-1)?.sources, { "ping-uid": { running: true } });
  await until(() => sub.got.length > 0);
});

test("plane: the delivery of a trigger replaces its broker's, durations are ISO 8601", () => {
  const plan = (spec: object) => planTrigger(trigger("t", "http://x/", spec) as unknown as Trigger, BROKER as never).subscription;
  assert.deepEqual(plan({})?.policy, { retry: 2, timeoutMs: 600_000, backoffPolicy: "exponential", backoffDelayMs: 50 });
  assert.deepEqual(
    plan({ delivery: { retry: 1, backoffPolicy: "linear", backoffDelay: "PT1S", timeout: "PT5S", retryAfterMax: "PT3S", format: "json" } })
      ?.policy,
    {
      retry: 1,
      timeoutMs: 5000,
      backoffPolicy: "linear",
      backoffDelayMs: 1000,
      retryAfterMaxMs: 3000,
      format: "json",
    },
  );
  assert.deepEqual(policyOf(undefined), { retry: 0, timeoutMs: 600_000, backoffPolicy: "exponential", backoffDelayMs: 0 });
});

test("plane: annotations of a trigger choose order, halt, backlog and where it begins", () => {
  const annotated = trigger("t", "http://x/");
  const annotations = {
    "kinetic.dev/delivery-order": "ordered",
    "kinetic.dev/after-giving-up": "halt",
    "kinetic.dev/backlog-limit": "7",
    "kinetic.dev/start": "oldest",
  };
  const { cursor, subscription } = planTrigger(
    { ...annotated, metadata: { ...annotated.metadata, annotations } } as unknown as Trigger,
    BROKER as never,
  );
  assert.deepEqual([cursor.at, cursor.backlogLimit, subscription?.order, subscription?.afterGivingUp], ["oldest", 7, "ordered", "halt"]);
});

test("plane: sources as their runners want them", () => {
  const metadata = { namespace: "ns", name: "s", uid: "u", annotations: { "kinetic.dev/catch-up": "latest" } };
  const status = { annotations: { "kinetic.dev/last-schedule-time": "2026-01-01T00:00:00Z" } };
  const ping = pingSpec({
    metadata,
    spec: { schedule: "@daily", timezone: "Asia/Tokyo", dataBase64: "aGk=", ceOverrides: { extensions: { a: "b" } } },
    status,
  } as never);
  assert.deepEqual(
    { ...ping, data: new TextDecoder().decode(ping.data) },
    {
      uid: "u",
      namespace: "ns",
      name: "s",
      extensions: { a: "b" },
      schedule: "@daily",
      timezone: "Asia/Tokyo",
      catchUp: "latest",
      lastMs: Date.parse("2026-01-01T00:00:00Z"),
      data: "hi",
    },
  );
  const kind = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
  const source = {
    metadata,
    spec: { mode: "Resource", resources: [{ apiVersion: "v1", kind: "Pod", selector: { matchLabels: { a: "b" } } }] },
    status: { namespaces: ["x", "y"] },
  };
  const plan = apiServerSpec(source as never, (apiVersion) => (apiVersion === "v1" ? kind : undefined));
  assert.ok(plan.kind === "ok");
  assert.deepEqual(plan.spec.resources, [
    { kind, labelSelector: "a=b", namespace: "x" },
    { kind, labelSelector: "a=b", namespace: "y" },
  ]);
  assert.deepEqual(
    apiServerSpec(source as never, () => undefined),
    { kind: "invalid", problem: "there is no kind Pod in v1" },
  );
});

test("plane: a label selector in the words of a list", () => {
  const matchExpressions = [
    { key: "a", operator: "In", values: ["1", "2"] },
    { key: "b", operator: "NotIn", values: ["3"] },
    { key: "c", operator: "Exists" },
    { key: "d", operator: "DoesNotExist" },
  ];
  assert.equal(selectorText({ matchLabels: { x: "y" }, matchExpressions }), "x=y,a in (1,2),b notin (3),c,!d");
});
