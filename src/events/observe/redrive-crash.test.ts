/** Power cuts at every call of the disk while dead letters are redriven, republished and edited. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../std/random.ts";
import { ManualClock } from "../../testing/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import type { Answer } from "../delivery/decide.ts";
import { redrive, republish, type RedriveWorld } from "../delivery/redrive.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { compileFilter } from "../filter/filter.ts";
import type { Journal, JournalEvent } from "../journal/contract.ts";
import { openJournal } from "../journal/journal.ts";

const STREAM = "broker-uid";
const CURSOR = { stream: STREAM, reader: "trigger-uid" };
const EVENTS = ["a", "b", "c"];
/** Cuts at each call; what is not synced survives by chance. */
const CUTS = 4;
const never = new AbortController().signal;

const event = (id: string): JournalEvent => ({ attributes: { specversion: "1.0", id, source: "/s", type: "t" } });

function open(disk: TornDisk, clock: ManualClock): Journal {
  const opened = openJournal({ disk, clock, folder: "/journal", limits: { reserveBytes: 0 } });
  assert.ok(opened.kind === "ok", JSON.stringify(opened));
  return opened.journal;
}

function subscription(): Subscription {
  const compiled = compileFilter({});
  assert.ok(compiled.kind === "ok");
  return {
    cursor: CURSOR,
    description: {},
    filter: compiled.filter,
    subscriber: "http://sub.example/",
    policy: { retry: 0, timeoutMs: 1000, backoffPolicy: "exponential", backoffDelayMs: 0 },
    order: "unordered",
    afterGivingUp: "continue",
    concurrency: 1,
  };
}

/** What the journal has after a cut: events by their id, parked or in the stream from `from` on. */
async function left(disk: TornDisk, from: number): Promise<{ parked: string[]; published: string[] }> {
  await using journal = open(disk, new ManualClock());
  const parked: string[] = [];
  for (const { id } of await journal.listParked()) {
    const read = await journal.getParked(id);
    assert.ok(read.kind === "ok", `dead letter ${id} cannot be read after the cut`);
    parked.push(String(read.event.attributes["id"]));
  }
  const read = await journal.read({ stream: STREAM, from, limit: 100 });
  assert.ok(read.kind === "ok");
  return { parked, published: read.events.map(({ attributes }) => String(attributes["id"])) };
}

interface Cut {
  readonly disk: TornDisk;
  /** What had been taken by the subscriber by then. */
  readonly delivered: readonly string[];
}

/** Parks three events, does `act` with each, and cuts the power at every call of the disk meanwhile. */
async function cutsDuring(act: (world: RedriveWorld & { readonly journal: Journal }, id: number) => Promise<unknown>): Promise<Cut[]> {
  const cuts: Cut[] = [];
  const delivered: string[] = [];
  let isActing = false;
  const onCall = () => {
    if (!isActing) return;
    for (let cut = 0; cut < CUTS; cut++) cuts.push({ disk: disk.cut(seededRandom(cuts.length + 1), {}), delivered: [...delivered] });
  };
  const disk: TornDisk = new TornDisk({ onCall });
  const clock = new ManualClock();
  await using journal = open(disk, clock);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await journal.append(STREAM, EVENTS.map(event));
  await journal.settle({ cursor: CURSOR, parked: EVENTS.map((_id, offset) => ({ offset, attempts: 1, reason: "NoSink" })) });
  const answer: Answer = { kind: "answered", status: 200, headers: {}, body: new Uint8Array() };
  const send: RedriveWorld["sender"]["send"] = ({ message }) => {
    delivered.push(String(message.headers["ce-id"]));
    return Promise.resolve(answer);
  };
  isActing = true;
  for (const { id } of await journal.listParked()) await act({ clock, journal, sender: { send } }, id);
  isActing = false;
  cuts.push({ disk: disk.cut(seededRandom(0), {}), delivered });
  assert.ok(cuts.length > EVENTS.length * CUTS, "the disk was not used");
  return cuts;
}

test("redrive: a power cut at any call of the disk loses no event: each was delivered or is still parked", async () => {
  const cuts = await cutsDuring((world, id) => redrive(world, subscription(), id, never));
  for (const [index, { disk, delivered }] of cuts.entries()) {
    const { parked } = await left(disk, EVENTS.length);
    for (const id of EVENTS) assert.ok(parked.includes(id) || delivered.includes(id), `cut ${index}: ${id} is lost`);
  }
  assert.deepEqual((await left(cuts.at(-1)?.disk ?? new TornDisk(), EVENTS.length)).parked, [], "what was told to be done stays done");
});

test("redrive: a power cut while dead letters are republished leaves each parked or in the broker, under one new id", async () => {
  const cuts = await cutsDuring((world, id) => republish(world, { id, stream: STREAM, attribute: "kineticredriveof" }));
  for (const [index, { disk }] of cuts.entries()) {
    const { parked, published } = await left(disk, EVENTS.length);
    for (const [position, id] of EVENTS.entries()) {
      const isThere = parked.includes(id) || published.some((one) => one === `${id}.${position + 1}`);
      assert.ok(isThere, `cut ${index}: ${id} is lost: ${JSON.stringify({ parked, published })}`);
    }
  }
});

test("redrive: a power cut while dead letters are edited leaves every original", async () => {
  const cuts = await cutsDuring(({ journal }, id) => journal.editParked(id, event(`copy-${id}`)));
  for (const { disk } of cuts) {
    const { parked } = await left(disk, EVENTS.length);
    for (const id of EVENTS) assert.ok(parked.includes(id), `${id} is lost`);
  }
  assert.equal((await left(cuts.at(-1)?.disk ?? new TornDisk(), EVENTS.length)).parked.length, EVENTS.length * 2);
});
