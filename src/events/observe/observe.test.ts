import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { DeadLetter } from "../../api/observe/dead-letter.ts";
import type { EventRecord } from "../../api/observe/event-record.ts";
import type { RedriveLine } from "../../api/observe/redrive.ts";
import type { Replay } from "../../api/observe/replay.ts";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock } from "../../testing/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import { Deliveries } from "../delivery/deliveries.ts";
import type { Answer } from "../delivery/decide.ts";
import type { SendRequest } from "../delivery/sender.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { compileFilter } from "../filter/filter.ts";
import type { CursorKey, JournalEvent } from "../journal/contract.ts";
import { openJournal } from "../journal/journal.ts";
import { observeHandler } from "./handler.ts";
import { Replays } from "./replays.ts";
import type { ObserveWorld } from "./world.ts";

const STREAM = "broker-uid";
const CURSOR: CursorKey = { stream: STREAM, reader: "trigger-uid" };

const event = (id: string, type = "t"): JournalEvent => ({
  attributes: { specversion: "1.0", id, source: "/s", type, datacontenttype: "application/json" },
  data: new TextEncoder().encode(JSON.stringify({ id })),
});
const status = (code: number): Answer => ({ kind: "answered", status: code, headers: {}, body: new Uint8Array() });

function subscription(more: Partial<Subscription> = {}): Subscription {
  const compiled = compileFilter({ filters: [{ exact: { type: "t" } }] });
  assert.ok(compiled.kind === "ok");
  return {
    cursor: CURSOR,
    description: { namespace: "ns", broker: "b", trigger: "t" },
    filter: compiled.filter,
    subscriber: "http://sub.example/",
    policy: { retry: 0, timeoutMs: 1000, backoffPolicy: "exponential", backoffDelayMs: 100 },
    order: "unordered",
    afterGivingUp: "continue",
    concurrency: 64,
    ...more,
  };
}

async function world(t: TestContext, disk = new TornDisk(), live = subscription()) {
  const clock = new ManualClock();
  const opened = openJournal({ disk, clock, folder: "/journal", limits: { reserveBytes: 0 } });
  assert.ok(opened.kind === "ok", JSON.stringify(opened));
  const { journal } = opened;
  await journal.createCursor({ cursor: CURSOR, at: "head", description: live.description });
  const sent: SendRequest[] = [];
  const made = { answer: (_request: SendRequest): Answer | Promise<Answer> => status(202) };
  const send = async (request: SendRequest, signal: AbortSignal): Promise<Answer> => {
    sent.push(request);
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    return Promise.race([promise, made.answer(request)]);
  };
  const sender = { send };
  const deliveries = new Deliveries({ clock, logger: silentLogger, journal, sender });
  const readers = [{ cursor: CURSOR, namespace: "ns", trigger: "t", subscription: live }];
  const observed: ObserveWorld = {
    clock,
    logger: silentLogger,
    journal,
    sender,
    deliveries,
    views: () => ({ streams: [{ stream: STREAM, namespace: "ns", broker: "b" }], readers }),
  };
  const replays = new Replays(observed);
  const handler = observeHandler(observed, replays);
  const end = async () => {
    await replays[Symbol.asyncDispose]();
    await deliveries[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
  };
  t.after(end);
  const raw = (method: string, path: string, body?: object, signal?: AbortSignal) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal === undefined ? {} : { signal }) };
    return handler(new Request(`http://x/apis/observe.kinetic.dev/v1alpha1/namespaces/ns/${path}`, init));
  };
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await raw(method, path, body);
    return (await response.json()) as T;
  };
  /** The lines of a redrive. */
  const redrive = async (spec: object): Promise<RedriveLine[]> => {
    const text = raw("POST", "redrives", { spec }).then((response) => response.text());
    await clock.advance(60_000);
    return (await text)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RedriveLine);
  };
  const ids = () => sent.splice(0).map(({ message }) => String(message.headers["ce-id"]));
  return { readers, clock, journal, deliveries, replays, sent, made, raw, ask, redrive, ids, end, live };
}

/** A world in which events `a` and `b` are parked. */
async function parked(t: TestContext, disk = new TornDisk(), live = subscription(), count = 2) {
  const one = await world(t, disk, live);
  one.made.answer = () => status(500);
  one.deliveries.apply([live]);
  await one.journal.append(STREAM, [event("a"), event("b"), event("other", "x")]);
  await one.clock.advance(500);
  assert.equal((await one.journal.listParked()).length, count);
  one.ids();
  return one;
}

const names = (list: { items: DeadLetter[] }) => list.items.map(({ metadata }) => metadata.name);

test("observe: dead letters are listed with what failed, one is got with its payload, pages go on", async (t) => {
  const { ask } = await parked(t);
  const list = await ask<{ kind: string; items: DeadLetter[] }>("GET", "deadletters");
  assert.equal(list.kind, "DeadLetterList");
  assert.deepEqual(names(list).length, 2);
  const [first] = list.items;
  assert.deepEqual(
    [first?.spec.event["id"], first?.spec.event["data"], first?.status.reason, first?.status.httpStatus, first?.status.attempts],
    ["a", undefined, "NoSink", 500, 1],
  );
  const one = await ask<DeadLetter>("GET", `deadletters/${first?.metadata.name}`);
  assert.deepEqual(one.spec.event["data"], { id: "a" });
  const page = await ask<{ metadata: { continue: string }; items: DeadLetter[] }>("GET", "deadletters?limit=1");
  const rest = await ask<{ items: DeadLetter[] }>("GET", `deadletters?continue=${page.metadata.continue}`);
  assert.deepEqual([...names(page), ...names(rest)], names(list));
  assert.deepEqual(names(await ask("GET", "deadletters?labelSelector=eventing.knative.dev/trigger%3Dother")), []);
  assert.equal((await ask<{ code: number }>("GET", "deadletters/999")).code, 404);
  assert.equal((await ask<{ code: number }>("GET", "deadletters?labelSelector=a%20in%20(b)")).code, 400);
});

test("observe: a redrive goes to the trigger's subscriber of now, with fresh attempts; what fails again stays", async (t) => {
  const { made, redrive, ids, ask, journal } = await parked(
    t,
    new TornDisk(),
    subscription({ policy: { ...subscription().policy, retry: 1 } }),
  );
  assert.deepEqual(
    (await redrive({ labelSelector: "eventing.knative.dev/trigger=t", dryRun: true })).map(({ outcome, event: id }) => outcome && id),
    ["a", "b", undefined],
  );
  assert.deepEqual(ids(), []);
  let tries = 0;
  made.answer = ({ message }) => (message.headers["ce-id"] === "b" || ++tries === 1 ? status(503) : status(200));
  const lines = await redrive({ labelSelector: "eventing.knative.dev/trigger=t" });
  assert.deepEqual(lines.map(({ event: id, outcome, detail }) => [id, outcome, detail]).slice(0, 2), [
    ["a", "redriven", "answered 200"],
    ["b", "failed", "it answered 503"],
  ]);
  assert.deepEqual(lines.at(-1), { summary: { matched: 2, redriven: 1, failed: 1 } });
  assert.deepEqual(ids(), ["a", "a", "b", "b"]);
  const left = await ask<{ items: DeadLetter[] }>("GET", "deadletters");
  assert.deepEqual(
    left.items.map(({ spec, status: { redrives, reason } }) => [spec.event["id"], redrives, reason]),
    [["b", 1, "NoSink"]],
  );
  assert.equal((await journal.listParked()).length, 1);
});

test("observe: a redrive keeps to its rate", async (t) => {
  const { made, raw, clock, sent } = await parked(t);
  made.answer = () => status(200);
  sent.length = 0;
  const text = raw("POST", "redrives", { spec: { labelSelector: "eventing.knative.dev/trigger=t", rate: 1 } }).then((one) => one.text());
  await clock.advance(900);
  assert.equal(sent.length, 1);
  await clock.advance(200);
  assert.equal(sent.length, 2);
  await text;
});

test("observe: a redrive whose process dies before it knows the answer leaves the event parked", async (t) => {
  const disk = new TornDisk();
  const first = await parked(t, disk);
  const abort = new AbortController();
  first.made.answer = () => new Promise(() => {});
  const body = { spec: { labelSelector: "eventing.knative.dev/trigger=t" } };
  const response = await first.raw("POST", "redrives", body, abort.signal);
  const text = response.text();
  await first.clock.advance(100);
  assert.deepEqual(first.ids(), ["a"]);
  abort.abort();
  assert.equal(await text, "");
  await first.end();
  const second = await world(t, disk);
  assert.equal((await second.journal.listParked()).length, 2);
  const lines = await second.redrive(body.spec);
  assert.deepEqual(lines.at(-1), { summary: { matched: 2, redriven: 2, failed: 0 } });
  assert.equal((await second.journal.listParked()).length, 0);
});

test("observe: an edit parks a linked copy; its redrive goes in place of the original, which then goes, too", async (t) => {
  const { made, ask, redrive, sent, journal } = await parked(t);
  const [name = ""] = names(await ask("GET", "deadletters"));
  const original = await ask<DeadLetter>("GET", `deadletters/${name}`);
  const invalid = await ask<{ code: number; message: string }>("PUT", `deadletters/${name}`, { spec: { event: { id: "a" } } });
  assert.deepEqual([invalid.code, /no valid CloudEvent/.test(invalid.message)], [400, true]);
  const copy = await ask<DeadLetter>("PUT", `deadletters/${name}`, { spec: { event: { ...original.spec.event, data: { id: "fixed" } } } });
  assert.deepEqual([copy.status.editOf, copy.spec.event["kineticeditof"], copy.spec.event["data"]], [name, name, { id: "fixed" }]);
  assert.equal((await journal.listParked()).length, 3);
  made.answer = () => status(200);
  sent.length = 0;
  const lines = await redrive({ labelSelector: "eventing.knative.dev/trigger=t" });
  assert.deepEqual(lines.map(({ outcome }) => outcome).sort(), ["edited", "redriven", "redriven", undefined].sort());
  assert.deepEqual(sent.map(({ message }) => new TextDecoder().decode(message.body)).sort(), ['{"id":"b"}', '{"id":"fixed"}']);
  assert.deepEqual(await journal.listParked(), []);
});

test("observe: to a broker a dead letter goes under a new id that says where it comes from", async (t) => {
  const { ask, redrive, journal } = await parked(t);
  const [name = ""] = names(await ask("GET", "deadletters"));
  const [line] = await redrive({ names: [name], toBroker: "b" });
  assert.deepEqual([line?.outcome, line?.detail], ["republished", `as a.${name}`]);
  const read = await journal.read({ stream: STREAM, from: 3, limit: 1 });
  assert.ok(read.kind === "ok");
  assert.deepEqual([read.events[0]?.attributes["id"], read.events[0]?.attributes["kineticredriveof"]], [`a.${name}`, name]);
  const response = await ask<{ code: number }>("POST", "redrives", { spec: { names: [name], toBroker: "no" } });
  assert.equal(response.code, 404);
});

test("observe: purging needs a selector or a name", async (t) => {
  const { ask, journal } = await parked(t);
  assert.equal((await ask<{ code: number }>("DELETE", "deadletters")).code, 400);
  const [name = ""] = names(await ask("GET", "deadletters"));
  await ask("DELETE", `deadletters/${name}`);
  assert.equal((await journal.listParked()).length, 1);
  const purged = await ask<{ message: string }>("DELETE", "deadletters?labelSelector=observe.kinetic.dev/reason%3DNoSink");
  assert.equal(purged.message, "1 purged");
  assert.deepEqual(await journal.listParked(), []);
});

test("observe: one id shows an event's whole life, and why a trigger did not want it", async (t) => {
  const { ask, redrive, made } = await parked(t);
  made.answer = () => status(200);
  const [name = ""] = names(await ask("GET", "deadletters"));
  await redrive({ names: [name] });
  const { items } = await ask<{ items: EventRecord[] }>("GET", "eventrecords?id=a");
  const [life] = items;
  assert.deepEqual(life?.status.triggers, [{ trigger: "t", outcome: "redriven", detail: `dead letter ${name}` }]);
  assert.deepEqual(
    life?.status.timeline?.map(({ what }) => what),
    ["received", "attempt 1", `parked as dead letter ${name}: NoSink, it answered 500`, `dead letter ${name} redriven`],
  );
  const other = await ask<{ items: EventRecord[] }>("GET", "eventrecords?id=other");
  assert.deepEqual(other.items[0]?.status.triggers, [{ trigger: "t", outcome: "filtered", detail: 'type is "x", wanted "t"' }]);
  assert.deepEqual((await ask<{ items: EventRecord[] }>("GET", "eventrecords?id=nobody")).items, []);
});

test("observe: a tail shows what comes, from where it is asked to begin, for a broker or as one trigger sees it", async (t) => {
  const { raw, journal, clock } = await parked(t);
  const abort = new AbortController();
  const response = await raw("GET", "eventrecords?watch=true&from=oldest&trigger=t", undefined, abort.signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (JSON.parse((await reader.read()).value ?? "{}") as { object: EventRecord }).object.spec.event["id"];
  assert.deepEqual([await next(), await next()], ["a", "b"]);
  await journal.append(STREAM, [event("hidden", "x"), event("c")]);
  const third = next();
  let isThere = false;
  void third.finally(() => (isThere = true));
  while (!isThere) await clock.advance(100); // the tail may go to wait only now
  assert.equal(await third, "c");
  abort.abort();
  assert.equal((await reader.read()).done, true);
  const wrong = await raw("GET", "eventrecords?watch=true&broker=no");
  assert.equal(wrong.status, 404);
});

test("observe: a replay sends past events again, marked, at its rate, and tells how far it is", async (t) => {
  const { ask, made, sent, clock, replays } = await parked(t);
  made.answer = () => status(200);
  sent.length = 0;
  const plan = await ask<Replay>("POST", "replays?dryRun=All", { metadata: { name: "again" }, spec: { trigger: "t", rate: 1 } });
  assert.deepEqual([plan.status?.total, plan.status?.done], [3, 0]);
  assert.deepEqual((await ask<{ items: Replay[] }>("GET", "replays")).items, []);
  const begun = await ask<Replay>("POST", "replays", { metadata: { name: "again" }, spec: { trigger: "t", rate: 1 } });
  assert.equal(begun.status?.phase, "Running");
  assert.equal((await ask<{ code: number }>("POST", "replays", { metadata: { name: "again" }, spec: { trigger: "t" } })).code, 409);
  await clock.advance(500);
  assert.deepEqual(
    sent.map(({ message }) => [message.headers["ce-id"], message.headers["ce-kineticreplay"]]),
    [["a", "again"]],
  );
  await clock.advance(1500);
  const done = await ask<Replay>("GET", "replays/again");
  assert.deepEqual([done.status?.phase, done.status?.done, sent.length], ["Completed", 3, 2]);
  await replays.follow();
  await ask("DELETE", "replays/again");
  assert.equal((await ask<{ code: number }>("GET", "replays/again")).code, 404);
});

test("observe: a replay goes on after a restart, and ends when it is cancelled", async (t) => {
  const disk = new TornDisk();
  const first = await parked(t, disk);
  first.made.answer = () => status(200);
  await first.ask("POST", "replays", { metadata: { name: "again" }, spec: { trigger: "t", rate: 0.1 } });
  await first.clock.advance(1000);
  assert.deepEqual(first.ids(), ["a"]);
  await first.end();
  const second = await world(t, disk);
  await second.replays.follow();
  await second.clock.advance(100);
  assert.deepEqual(second.ids(), ["b"]);
  await second.ask("POST", "replays", { metadata: { name: "slow" }, spec: { trigger: "t", rate: 0.1 } });
  await second.clock.advance(100);
  assert.deepEqual(second.ids(), ["a"]);
  await second.ask("DELETE", "replays/slow");
  await second.clock.advance(60_000);
  assert.deepEqual([second.ids(), (await second.journal.listParked()).length], [[], 2]);
});

test("observe: a replay waits while live events wait", async (t) => {
  const patient = subscription({ policy: { ...subscription().policy, retry: 3, backoffDelayMs: 10_000 } });
  const { ask, made, clock, journal, deliveries, ids } = await parked(t);
  deliveries.apply([patient]);
  await journal.append(STREAM, [event("live")]);
  await clock.advance(100);
  assert.deepEqual(ids(), ["live"]);
  await ask("POST", "replays", { metadata: { name: "again" }, spec: { trigger: "t", to: "2" } });
  await clock.advance(5000);
  assert.deepEqual(ids(), []);
  assert.equal((await ask<Replay>("GET", "replays/again")).status?.phase, "Waiting");
  made.answer = () => status(200);
  await clock.advance(10_000);
  assert.deepEqual(ids(), ["live", "a", "b"]);
});

test("observe: the replays of a trigger that is gone go, too, and its dead letters can only be republished or purged", async (t) => {
  const { ask, readers, replays, redrive, journal } = await parked(t);
  await ask("POST", "replays", { metadata: { name: "again" }, spec: { trigger: "t", rate: 0.1 } });
  readers.length = 0;
  await replays.follow();
  assert.deepEqual((await ask<{ items: Replay[] }>("GET", "replays")).items, []);
  const lines = await redrive({ labelSelector: "eventing.knative.dev/trigger=t" });
  assert.deepEqual(lines.map(({ outcome, detail }) => [outcome, detail])[0], [
    "failed",
    "there is no trigger t any more; redrive it to a broker or purge it",
  ]);
  assert.equal((await journal.listParked()).length, 2);
});

test("observe: a key that halts goes on when its dead letter is redriven, and stays when that fails again", async (t) => {
  const { made, redrive, ids, journal, clock } = await parked(
    t,
    new TornDisk(),
    subscription({ order: "ordered", afterGivingUp: "halt" }),
    1,
  );
  await journal.append(STREAM, [event("c")]);
  await clock.advance(200);
  await redrive({ labelSelector: "eventing.knative.dev/trigger=t" });
  assert.deepEqual(ids(), ["a"]);
  made.answer = () => status(200);
  await redrive({ labelSelector: "eventing.knative.dev/trigger=t" });
  await clock.advance(200);
  assert.deepEqual(ids(), ["a", "b", "c"]);
});

test("observe: text is shown as text and keeps its bytes when it is edited; what is no text is base64", async (t) => {
  const { journal, ask, clock } = await parked(t);
  const typed = (id: string, type: string, data: Uint8Array): JournalEvent => ({
    attributes: { specversion: "1.0", id, source: "/s", type: "t", datacontenttype: type },
    data,
  });
  await journal.append(STREAM, [
    typed("text", "text/plain", new TextEncoder().encode("grüße")),
    typed("bytes", "text/plain", Uint8Array.of(0xff, 0xfe)),
    typed("image", "image/png", Uint8Array.of(1)),
  ]);
  await clock.advance(500);
  const [, , text, bytes, image] = names(await ask("GET", "deadletters"));
  const shown = await ask<DeadLetter>("GET", `deadletters/${text}`);
  assert.equal(shown.spec.event["data"], "grüße");
  assert.equal((await ask<DeadLetter>("GET", `deadletters/${bytes}`)).spec.event["data_base64"], "//4=");
  assert.equal((await ask<DeadLetter>("GET", `deadletters/${image}`)).spec.event["data_base64"], "AQ==");
  const copy = await ask<DeadLetter>("PUT", `deadletters/${text}`, { spec: { event: { ...shown.spec.event, subject: "x" } } });
  const read = await journal.getParked(Number(copy.metadata.name));
  assert.deepEqual(read.kind === "ok" && new TextDecoder().decode(read.event.data), "grüße");
});

test("observe: selectors know equality and existence", async (t) => {
  const { ask } = await parked(t);
  const count = async (selector: string) => names(await ask("GET", `deadletters?labelSelector=${encodeURIComponent(selector)}`)).length;
  const [key, reason] = ["eventing.knative.dev/trigger", "observe.kinetic.dev/reason"];
  assert.deepEqual(
    [await count(`${key}=t,${reason}==NoSink`), await count(`${key}!=t`), await count(key), await count(`!${key}`), await count("other")],
    [2, 0, 2, 0, 0],
  );
});

const REPLY = { "ce-specversion": "1.0", "ce-id": "r", "ce-source": "/r", "ce-type": "reply" };
const replying: Answer = { kind: "answered", status: 200, headers: REPLY, body: new TextEncoder().encode("hi") };

test("observe: what a subscriber answers to a redrive goes to the broker; to a replay only when that is asked for", async (t) => {
  const live = subscription({ reply: { stream: STREAM, url: "http://broker.example/" } });
  const { made, redrive, ask, clock, journal } = await parked(t, new TornDisk(), live);
  const replies = async () => {
    const read = await journal.read({ stream: STREAM, from: 3, limit: 10 });
    return read.kind === "ok" ? read.events.filter(({ attributes }) => attributes["id"] === "r").length : Number.NaN;
  };
  made.answer = () => replying;
  const [name = ""] = names(await ask("GET", "deadletters"));
  await redrive({ names: [name] });
  assert.equal(await replies(), 1);
  await ask("POST", "replays", { metadata: { name: "quiet" }, spec: { trigger: "t", to: "1" } });
  await clock.advance(1000);
  assert.deepEqual([await replies(), (await ask<Replay>("GET", "replays/quiet")).status?.phase], [1, "Completed"]);
  await ask("POST", "replays", { metadata: { name: "loud" }, spec: { trigger: "t", to: "1", replies: "keep" } });
  await clock.advance(1000);
  assert.equal(await replies(), 2);
});

test("observe: a replay begins and ends at offsets or times, and refuses what makes no sense", async (t) => {
  const { ask, clock, journal } = await parked(t);
  const between = new Date(clock.now()).toISOString();
  await clock.advance(1000);
  await journal.append(STREAM, [event("later")]);
  const total = async (spec: object) => {
    const plan = await ask<Replay & { code?: number }>("POST", "replays?dryRun=All", {
      metadata: { name: "x" },
      spec: { trigger: "t", ...spec },
    });
    return plan.code ?? plan.status?.total;
  };
  assert.deepEqual(
    [await total({}), await total({ from: "1" }), await total({ from: between }), await total({ to: between })],
    [4, 3, 1, 3],
  );
  assert.deepEqual(
    [await total({ from: "3", to: "1" }), await total({ rate: 0 }), await total({ from: "soon" }), await total({ trigger: "no" })],
    [400, 400, 400, 404],
  );
});
