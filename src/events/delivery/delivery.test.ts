import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock, settle } from "../../testing/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import { compileFilter, type SubscriptionsFilter } from "../filter/filter.ts";
import type { CursorKey, Journal, JournalEvent, JournalLimits } from "../journal/contract.ts";
import { openJournal } from "../journal/journal.ts";
import type { Answer } from "./decide.ts";
import { Deliveries } from "./deliveries.ts";
import type { SendRequest } from "./sender.ts";
import type { Subscription } from "./subscription.ts";

const STREAM = "broker-uid";
const CURSOR: CursorKey = { stream: STREAM, reader: "trigger-uid" };
const SINK = "http://dead.example/";

const event = (id: string, more: Record<string, string> = {}): JournalEvent => ({
  attributes: { specversion: "1.0", id, source: "/s", type: "t", ...more },
  data: new TextEncoder().encode(id),
});
const status = (code: number, headers: Record<string, string> = {}, body = ""): Answer => ({
  kind: "answered",
  status: code,
  headers,
  body: new TextEncoder().encode(body),
});
const REPLY = { "ce-specversion": "1.0", "ce-id": "r", "ce-source": "/r", "ce-type": "reply" };

function filterOf(...filters: SubscriptionsFilter[]): Subscription["filter"] {
  const compiled = compileFilter({ filters });
  assert.ok(compiled.kind === "ok");
  return compiled.filter;
}

function subscription(more: Partial<Subscription> = {}): Subscription {
  return {
    cursor: CURSOR,
    description: { namespace: "ns", trigger: "t" },
    filter: filterOf(),
    subscriber: "http://sub.example/",
    policy: { retry: 2, timeoutMs: 1000, backoffPolicy: "exponential", backoffDelayMs: 100 },
    reply: { stream: STREAM, url: "http://broker.example/" },
    order: "unordered",
    afterGivingUp: "continue",
    concurrency: 64,
    ...more,
  };
}

type Respond = (id: string, request: SendRequest) => Answer | Promise<Answer>;

interface World {
  readonly clock: ManualClock;
  readonly journal: Journal;
  readonly deliveries: Deliveries;
  readonly sent: { readonly to: string; readonly id: string; readonly request: SendRequest }[];
  answers: Respond;
  /** `subscriber id` of each try, since the last call. */
  tries(): string[];
  parked(): Promise<string[]>;
  backlog(): Promise<number>;
}

async function world(t: TestContext, disk = new TornDisk(), limits: Partial<JournalLimits> = {}): Promise<World> {
  const clock = new ManualClock();
  const opened = openJournal({
    disk,
    clock,
    folder: "/journal",
    limits: { reserveBytes: 0, segmentBytes: 65_536, batchBytes: 30_000, eventBytes: 20_000, ...limits },
  });
  assert.ok(opened.kind === "ok", JSON.stringify(opened));
  const { journal } = opened;
  await journal.createCursor({
    cursor: CURSOR,
    at: "head",
    ...(limits.backlogLimit === undefined ? {} : { backlogLimit: limits.backlogLimit }),
  });
  const sent: World["sent"] = [];
  const send = (request: SendRequest, signal: AbortSignal): Promise<Answer> => {
    const id = String(request.message.headers["ce-id"]);
    sent.push({ to: new URL(request.url).hostname.split(".")[0] ?? "", id, request });
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    void Promise.resolve(made.answers(id, request)).then(resolve);
    return promise;
  };
  const deliveries = new Deliveries({ clock, logger: silentLogger, journal, sender: { send } });
  t.after(async () => {
    await deliveries[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
  });
  let told = 0;
  const made: World = {
    clock,
    journal,
    deliveries,
    sent,
    answers: () => status(202),
    tries: () => sent.slice(told, (told = sent.length)).map(({ to, id }) => `${to} ${id}`),
    parked: async () => (await journal.listParked()).map(({ reason, offset }) => `${reason} ${offset}`),
    backlog: async () => (await journal.cursor(CURSOR))?.backlog ?? Number.NaN,
  };
  return made;
}

test("delivery: events reach the subscriber once, with their headers, and are settled", async (t) => {
  const { clock, journal, deliveries, sent, tries, backlog } = await world(t);
  deliveries.apply([subscription()]);
  await journal.append(STREAM, [event("a"), event("b", { knativebrokerttl: "9" })]);
  await clock.advance(200);
  assert.deepEqual(tries(), ["sub a", "sub b"]);
  assert.equal(await backlog(), 0);
  const { headers, body } = sent[1]?.request.message ?? { headers: {}, body: new Uint8Array() };
  assert.deepEqual(
    { ...headers },
    {
      "ce-specversion": "1.0",
      "ce-id": "b",
      "ce-source": "/s",
      "ce-type": "t",
      prefer: "reply",
      "kn-namespace": "ns",
    },
  );
  assert.equal(new TextDecoder().decode(body), "b");
});

test("delivery: what a filter does not match is settled unsent; an edit counts from the next event on", async (t) => {
  const { clock, journal, deliveries, tries, backlog } = await world(t);
  deliveries.apply([subscription({ filter: filterOf({ exact: { type: "x" } }) })]);
  await journal.append(STREAM, [event("a"), event("b", { type: "x" }), event("c")]);
  await clock.advance(200);
  assert.deepEqual([tries(), await backlog()], [["sub b"], 0]);
  deliveries.apply([subscription({ filter: filterOf({ exact: { type: "t" } }) })]);
  await journal.append(STREAM, [event("d"), event("e", { type: "x" })]);
  await clock.advance(200);
  assert.deepEqual(tries(), ["sub d"]);
});

test("delivery: retries with growing waits, then the dead letter sink, with what failed", async (t) => {
  const made = await world(t);
  const { clock, journal, deliveries, tries, sent, backlog } = made;
  made.answers = (_id, { url }) => (url === SINK ? status(200) : status(503, {}, "busy"));
  deliveries.apply([subscription({ deadLetterSink: SINK })]);
  await journal.append(STREAM, [event("a")]);
  await clock.advance(50);
  assert.deepEqual(tries(), ["sub a"]);
  await clock.advance(99);
  assert.deepEqual(tries(), ["sub a"]);
  await clock.advance(150);
  assert.deepEqual(tries(), []);
  await clock.advance(100);
  assert.deepEqual(tries(), ["sub a", "dead a"]);
  const headers = sent.at(-1)?.request.message.headers ?? {};
  assert.equal(headers["ce-knativeerrordest"], "http://sub.example/");
  assert.equal(headers["ce-knativeerrorcode"], "503");
  assert.equal(Buffer.from(String(headers["ce-knativeerrordata"]), "base64").toString(), "busy");
  assert.equal(headers["prefer"], undefined);
  assert.equal(await backlog(), 0);
});

test("delivery: an error that no retry helps goes straight to the dead letter sink", async (t) => {
  const made = await world(t);
  made.answers = (_id, { url }) => (url === SINK ? status(200, {}, "thanks") : status(400));
  made.deliveries.apply([subscription({ deadLetterSink: SINK })]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(50);
  assert.deepEqual(made.tries(), ["sub a", "dead a"]);
  assert.deepEqual(await made.parked(), []);
});

test("delivery: without a sink, or when it fails too, the event is parked with its payload", async (t) => {
  const made = await world(t);
  made.answers = () => status(500);
  made.deliveries.apply([subscription()]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(1000);
  assert.deepEqual([made.tries(), await made.parked()], [["sub a", "sub a", "sub a"], ["NoSink 0"]]);
  made.deliveries.apply([subscription({ deadLetterSink: SINK })]);
  await made.journal.append(STREAM, [event("b")]);
  await made.clock.advance(2000);
  assert.deepEqual(made.tries(), ["sub b", "sub b", "sub b", "dead b", "dead b", "dead b"]);
  assert.deepEqual(await made.parked(), ["NoSink 0", "SinkFailed 1"]);
  const [, item] = await made.journal.listParked();
  const read = await made.journal.getParked(item?.id ?? 0);
  assert.ok(read.kind === "ok");
  assert.equal(new TextDecoder().decode(read.event.data), "b");
  assert.match(read.item.message ?? "", /^it answered 500; then the dead letter sink http:\/\/dead\.example\/: it answered 500$/);
});

test("delivery: a reply is appended with the acknowledgement; one hop less each time; a loop is parked", async (t) => {
  const made = await world(t);
  made.answers = (id) => (id === "r" ? status(202) : status(200, REPLY, "hi"));
  made.deliveries.apply([subscription()]);
  await made.journal.append(STREAM, [event("a", { knativebrokerttl: "7" })]);
  await made.clock.advance(200);
  assert.deepEqual(made.tries(), ["sub a", "sub r"]);
  const read = await made.journal.read({ stream: STREAM, from: 1, limit: 10 });
  assert.ok(read.kind === "ok");
  assert.deepEqual(
    read.events.map(({ attributes }) => [attributes["id"], attributes["knativebrokerttl"]]),
    [["r", 6]],
  );
  await made.journal.append(STREAM, [event("b", { knativebrokerttl: "1" })]);
  await made.clock.advance(200);
  assert.deepEqual([made.tries(), await made.parked()], [["sub b"], ["Loop 2"]]);
});

test("delivery: where replies are not wanted, any 2xx is a success", async (t) => {
  const made = await world(t);
  made.answers = () => status(200, {}, "OK");
  const { reply: _, ...silent } = subscription();
  made.deliveries.apply([silent]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(1000);
  assert.deepEqual([made.tries(), await made.parked(), await made.backlog()], [["sub a"], [], 0]);
});

test("delivery: tries and waits survive a restart; a try that was counted last is not made again", async (t) => {
  const disk = new TornDisk();
  const first = await world(t, disk);
  first.answers = () => status(500);
  first.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 10_000 } })]);
  await first.journal.append(STREAM, [event("a")]);
  await first.clock.advance(100);
  assert.deepEqual(first.tries(), ["sub a"]);
  await first.deliveries[Symbol.asyncDispose]();
  await first.journal[Symbol.asyncDispose]();
  const second = await world(t, disk);
  second.answers = () => status(500);
  second.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 10_000 } })]);
  await second.clock.advance(9000);
  assert.deepEqual(second.tries(), []);
  await second.clock.advance(2000);
  assert.deepEqual(second.tries(), ["sub a"]);
  await second.clock.advance(60_000);
  assert.deepEqual([second.tries(), await second.parked()], [["sub a"], ["NoSink 0"]]);
});

test("delivery: a clock that was set back does not make an event wait longer than its policy", async (t) => {
  const disk = new TornDisk();
  const first = await world(t, disk);
  first.clock.now = () => Date.parse("2100-01-01T00:00:00Z");
  first.answers = () => status(500);
  first.deliveries.apply([subscription()]);
  await first.journal.append(STREAM, [event("a")]);
  await first.clock.advance(50);
  await first.deliveries[Symbol.asyncDispose]();
  await first.journal[Symbol.asyncDispose]();
  const second = await world(t, disk);
  second.deliveries.apply([subscription()]);
  await second.clock.advance(150);
  assert.deepEqual(second.tries(), ["sub a"]);
});

test("delivery: ordered, a key that is tried again blocks only itself and goes on after giving up", async (t) => {
  const made = await world(t);
  made.answers = (id) => (id === "a0" ? status(500) : status(202));
  made.deliveries.apply([subscription({ order: "ordered" })]);
  await made.journal.append(STREAM, [
    event("a0", { partitionkey: "a" }),
    event("b0", { partitionkey: "b" }),
    event("a1", { partitionkey: "a" }),
  ]);
  await made.clock.advance(50);
  assert.deepEqual(made.tries(), ["sub a0", "sub b0"]);
  await made.clock.advance(1000);
  assert.deepEqual(made.tries(), ["sub a0", "sub a0", "sub a1"]);
});

test("delivery: a key that halts waits until its parked event is taken away, also after a restart", async (t) => {
  const disk = new TornDisk();
  const ordered = subscription({ order: "ordered", afterGivingUp: "halt", deadLetterSink: SINK });
  const first = await world(t, disk);
  first.answers = (id) => status(id === "a0" ? 400 : 202);
  first.deliveries.apply([ordered]);
  await first.journal.append(STREAM, [
    event("a0", { partitionkey: "a" }),
    event("a1", { partitionkey: "a" }),
    event("b0", { partitionkey: "b" }),
  ]);
  await first.clock.advance(200);
  assert.deepEqual([first.tries(), await first.parked()], [["sub a0", "sub b0"], ["Halted 0"]]);
  assert.deepEqual(first.deliveries.state(CURSOR)?.haltedKeys, ["a"]);
  await first.deliveries[Symbol.asyncDispose]();
  await first.journal[Symbol.asyncDispose]();
  const second = await world(t, disk);
  second.deliveries.apply([ordered]);
  await second.clock.advance(200);
  assert.deepEqual(second.tries(), []);
  const [item] = await second.journal.listParked();
  await second.journal.resolveParked([item?.id ?? 0], "purged");
  await second.deliveries.parkedChanged(CURSOR);
  await second.clock.advance(200);
  assert.deepEqual(second.tries(), ["sub a1"]);
});

test("delivery: an edited subscriber also counts for events that wait for a retry", async (t) => {
  const made = await world(t);
  made.answers = (_id, { url }) => status(url.includes("sub.") ? 500 : 202);
  made.deliveries.apply([subscription()]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(50);
  made.deliveries.apply([subscription({ subscriber: "http://other.example/" })]);
  await made.clock.advance(200);
  assert.deepEqual(made.tries(), ["sub a", "other a"]);
});

test("delivery: at most as many tries at once as are allowed", async (t) => {
  const made = await world(t);
  const release: (() => void)[] = [];
  made.answers = () => new Promise((resolve) => release.push(() => resolve(status(202))));
  made.deliveries.apply([subscription({ concurrency: 2 })]);
  await made.journal.append(STREAM, [event("a"), event("b"), event("c")]);
  await settle();
  assert.equal(made.tries().length, 2);
  release.shift()?.();
  await settle();
  assert.deepEqual(made.tries(), ["sub c"]);
});

test("delivery: over its backlog limit the oldest are parked, and producers are not blocked", async (t) => {
  const made = await world(t, new TornDisk(), { backlogLimit: 5 });
  made.answers = () => status(503);
  made.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 100_000 } })]);
  for (let index = 0; index < 8; index++) assert.equal((await made.journal.append(STREAM, [event(`e${index}`)])).kind, "ok");
  await made.clock.advance(5000);
  assert.deepEqual(await made.parked(), ["BacklogExceeded 0", "BacklogExceeded 1", "BacklogExceeded 2"]);
  assert.equal(await made.backlog(), 5);
});

test("delivery: over its backlog limit no more is parked because the journal refuses for a while; a stop is quiet", async (t) => {
  const made = await world(t, new TornDisk(), { backlogLimit: 5 });
  made.answers = () => status(503);
  const { settle: write } = made.journal;
  let refuses = true;
  made.journal.settle = (settlement) =>
    refuses ? Promise.resolve({ kind: "full", retryAfterMs: 5000, message: "full" }) : write.call(made.journal, settlement);
  made.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 100_000 } })]);
  for (let index = 0; index < 8; index++) await made.journal.append(STREAM, [event(`e${index}`)]);
  await made.clock.advance(4000);
  refuses = false;
  await made.clock.advance(5000);
  assert.deepEqual(await made.parked(), ["BacklogExceeded 0", "BacklogExceeded 1", "BacklogExceeded 2"]);
  refuses = true;
  for (let index = 8; index < 12; index++) await made.journal.append(STREAM, [event(`e${index}`)]);
  await made.clock.advance(2000); // the hook of this test stops it while it waits: a rejection would fail the test
});

test("delivery: a reader that may hold little goes on past what its filter does not match", async (t) => {
  const made = await world(t, new TornDisk(), { maxInFlight: 4 });
  const others = Array.from({ length: 20 }, (_, index) => event(`e${index}`));
  await made.journal.append(STREAM, [...others, event("last", { type: "x" })]);
  made.deliveries.apply([subscription({ filter: filterOf({ exact: { type: "x" } }) })]);
  await made.clock.advance(200);
  assert.deepEqual([made.tries(), await made.backlog()], [["sub last"], 0]);
});

test("delivery: who has nothing to do asks the journal nothing", async (t) => {
  const made = await world(t);
  let reads = 0;
  const { readCursor } = made.journal;
  made.journal.readCursor = (cursor, request) => {
    reads += 1;
    return readCursor.call(made.journal, cursor, request);
  };
  made.deliveries.apply([subscription()]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(200);
  assert.deepEqual(made.tries(), ["sub a"]);
  const before = reads;
  await settle(50);
  assert.deepEqual([before > 0, reads - before], [true, 0]);
});

test("delivery: thousands of events that wait are let go of and read again", async (t) => {
  const made = await world(t);
  let isUp = false;
  made.answers = () => status(isUp ? 202 : 503);
  made.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 10_000 } })]);
  for (let index = 0; index < 10; index++) {
    await made.journal.append(
      STREAM,
      Array.from({ length: 200 }, (_, member) => event(`e${index}-${member}`)),
    );
  }
  await made.clock.advance(1000);
  isUp = true;
  await made.clock.advance(60_000);
  assert.equal(new Set(made.sent.map(({ id }) => id)).size, 2000);
  assert.deepEqual([await made.backlog(), await made.parked()], [0, []]);
});

test("delivery: events that were let go of are not forgotten when the journal cannot be read for a moment", async (t) => {
  const made = await world(t);
  let [isUp, refusals] = [false, 0];
  made.answers = () => status(isUp ? 202 : 503);
  const { readCursor } = made.journal;
  made.journal.readCursor = (cursor, request) => {
    if (request.limit > 1 || refusals++ > 20) return readCursor.call(made.journal, cursor, request);
    return Promise.resolve({ kind: "unavailable", retryAfterMs: 100, message: "the disk failed" });
  };
  made.deliveries.apply([subscription({ policy: { ...subscription().policy, backoffDelayMs: 10_000 } })]);
  const batch = (first: number) => Array.from({ length: 200 }, (_, member) => event(`e${first + member}`));
  for (let index = 0; index < 3; index++) await made.journal.append(STREAM, batch(index * 200));
  await made.clock.advance(1000);
  isUp = true;
  await made.clock.advance(60_000);
  assert.ok(refusals > 20, "nothing was read again");
  assert.deepEqual([await made.backlog(), await made.parked()], [0, []]);
});

test("delivery: a subscription that is gone stops, its events stay for the next one", async (t) => {
  const made = await world(t);
  made.deliveries.apply([subscription()]);
  made.deliveries.apply([]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(200);
  assert.deepEqual(made.tries(), []);
  made.deliveries.apply([subscription()]);
  await made.clock.advance(200);
  assert.deepEqual(made.tries(), ["sub a"]);
});

test("delivery: the state says what fails and since when", async (t) => {
  const made = await world(t);
  let code = 503;
  made.answers = () => status(code);
  made.deliveries.apply([subscription()]);
  await made.journal.append(STREAM, [event("a")]);
  await made.clock.advance(50);
  const failing = made.deliveries.state(CURSOR);
  assert.deepEqual([failing?.failing?.message, failing?.failing?.status, failing?.waiting], ["it answered 503", 503, 1]);
  code = 202;
  await made.clock.advance(200);
  assert.deepEqual([made.deliveries.state(CURSOR)?.failing, made.deliveries.state(CURSOR)?.waiting], [undefined, 0]);
});
