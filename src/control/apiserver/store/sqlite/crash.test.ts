/** Power cuts at seeded points of a random life of the store; see PowerCutDisk for what a cut may take. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Random } from "../../../../std/random.ts";
import { seededRandom } from "../../../../std/random.ts";
import type { StoreEvent, WriteRequest } from "../contract.ts";
import { WriteDraft } from "../write-rule.ts";
import { SequencerLoop } from "./loop.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { openSequencer } from "./open-sequencer.ts";
import { PowerCutDisk } from "./power-cut-disk.ts";
import type { SyncName } from "./power-cut-disk.ts";

const POINTS = Number(process.env["KINETIC_CRASH_POINTS"] ?? 200);
const TUNING = { reservation: 12, checkpointPages: 12 };
const LIVES = 3;
const KEYS = ["/a", "/b", "/c", "/d", "/e"];

/** What the outside world knows: every commit it was told of, and what it was promised. */
class Witness {
  /** States after each turn that was published, oldest first; the first may be the state a life began with. */
  readonly states: Map<string, string>[] = [new Map()];
  readonly heads = new Map<string, number>();
  /** Index of the first state that holds every promised write. */
  promised = 0;
  issued = 0;
  /** A turn that is on its way: committed or not, it has been told to nobody. */
  inFlight: readonly WriteRequest[] = [];

  published(events: readonly StoreEvent[]): string | undefined {
    for (const event of events) {
      if (event.revision <= this.issued) return `revision ${event.revision} was issued twice (or after ${this.issued})`;
      this.issued = event.revision;
      if (event.type === "put") this.heads.set(event.key, event.revision);
      else this.heads.delete(event.key);
    }
    this.inFlight = [];
    this.states.push(this.#after(events));
    return undefined;
  }

  #after(events: readonly StoreEvent[]): Map<string, string> {
    const state = new Map(this.states.at(-1));
    for (const event of events) {
      if (event.type === "put") state.set(event.key, event.value);
      else state.delete(event.key);
    }
    return state;
  }

  #ifInFlightCommitted(): Map<string, string> {
    const draft = new WriteDraft(new Map([...this.heads].map(([key, revision]) => [key, { revision, createRevision: 0 }])), this.issued);
    for (const request of this.inFlight) draft.decide(request);
    return this.#after(draft.events);
  }

  /** Takes the state that survived as the new present. */
  survived(state: ReadonlyMap<string, string>): string | undefined {
    const fits = [...this.states.slice(this.promised), this.#ifInFlightCommitted()].some((known) => same(known, state));
    if (!fits) return `the survivors ${describe(state)} are no state since ${describe(this.states[this.promised] ?? new Map())}`;
    this.states.splice(0, this.states.length, new Map(state));
    this.promised = 0;
    this.inFlight = [];
    return undefined;
  }
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function describe(state: ReadonlyMap<string, string>): string {
  return JSON.stringify([...state].map(([key, value]) => `${key}=${value.slice(0, 12)}`));
}

class PowerCut extends Error {}

/** @returns what went wrong over some lives of one store, each ended by a power cut; undefined when nothing did */
function violation(seed: number, skip?: SyncName): string | undefined {
  const root = mkdtempSync(join(tmpdir(), "crash-"));
  try {
    const random = seededRandom(seed);
    const witness = new Witness();
    for (let life = 0; life < LIVES; life++) {
      const from = join(root, `life-${life}`);
      const broken = liveAndDie({ from, to: join(root, `life-${life + 1}`), random, witness, skip });
      if (broken !== undefined) return `life ${life}: ${broken}`;
    }
    return undefined;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Life {
  readonly from: string;
  readonly to: string;
  readonly random: Random;
  readonly witness: Witness;
  readonly skip: SyncName | undefined;
}

/** Opens the store in `from`, works, and at a random point leaves in `to` what a power cut would. */
function liveAndDie({ from, to, random, witness, skip }: Life): string | undefined {
  let pointsLeft = 1 + Math.floor(random() ** 2 * 60);
  const point = () => {
    if (--pointsLeft > 0) return;
    if (pointsLeft === 0) disk.cut(to, random);
    throw new PowerCut();
  };
  const disk = new PowerCutDisk(from, point, skip);
  try {
    for (;;) {
      const broken = session(from, disk, { random, witness, point });
      if (broken !== undefined) return broken;
      disk.noteRemoved();
    }
  } catch (error) {
    if (error instanceof PowerCut) return undefined;
    throw error;
  }
}

/** One run of the process, to a clean end unless the power cut comes. */
function session(folder: string, disk: PowerCutDisk, outside: Outside): string | undefined {
  const opened = openSequencer(folder, disk, TUNING);
  if (opened.kind !== "ok") return `the store did not open: ${opened.message}`;
  using _lock = opened.lock;
  using sequencer = opened.sequencer;
  const { values, revision } = sequencer.list("");
  if (revision < outside.witness.issued) return `the store opened at ${revision}, but ${outside.witness.issued} was issued`;
  const survived = outside.witness.survived(new Map(values.map(({ key, value }) => [key, value])));
  if (survived !== undefined) return survived;
  outside.witness.heads.clear();
  for (const value of values) outside.witness.heads.set(value.key, value.revision);
  const page = sequencer.history("", revision);
  if (page.kind !== "page" || page.events.length > 0) return `history at the present is ${JSON.stringify(page)}`;
  return work(sequencer, outside);
}

interface Outside {
  readonly random: Random;
  readonly witness: Witness;
  readonly point: () => void;
}

function work(sequencer: ConstructorParameters<typeof SequencerLoop>[0], { random, witness, point }: Outside): string | undefined {
  let broken: string | undefined;
  let requests: WriteRequest[] = [];
  let failed: string | undefined;
  const receive = (message: FromWorker) => {
    if (message.kind === "committed") broken ??= witness.published(eventsOf(requests, message));
    // Derived writes promise nothing, but they come before durable ones that do.
    if (message.kind === "synced" && requests.some((request) => request.durability === "durable"))
      witness.promised = witness.states.length - 1;
    if (message.kind === "failed") failed = message.message;
  };
  const later: (() => void)[] = [];
  const loop = new SequencerLoop(sequencer, receive, (job) => later.push(job));
  const turns = Math.floor(random() * 25);
  for (let turn = 0; turn < turns && broken === undefined; turn++) {
    requests = randomBatch(random, witness.heads);
    witness.inFlight = requests;
    loop.handle([message(requests, random)]);
    for (const job of later.splice(0)) job();
    if (failed !== undefined) throw new PowerCut();
    point();
  }
  return broken;
}

function message(writes: readonly WriteRequest[], random: Random): ToWorker {
  const compact = { kind: "compact", revision: Math.floor(random() * 200) } as const;
  return { kind: "requests", writes, reads: random() < 0.1 ? [compact] : [] };
}

function eventsOf(requests: readonly WriteRequest[], message: FromWorker & { kind: "committed" }): StoreEvent[] {
  return message.writes.flatMap(({ result, createRevision }, index) => {
    const request = requests[index];
    if (request === undefined || result.kind !== "ok") return [];
    const { key, value } = request;
    return [{ type: request.op === "delete" ? "delete" : "put", key, value, revision: result.revision, createRevision } as const];
  });
}

function randomBatch(random: Random, heads: ReadonlyMap<string, number>): WriteRequest[] {
  const durability = random() < 0.25 ? "durable" : "derived";
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const key = KEYS[Math.floor(random() * KEYS.length)] ?? "/a";
    const value = `${random()}`.padEnd(20 + Math.floor(random() ** 3 * 9_000), "x");
    const expected = heads.get(key);
    if (expected === undefined) return { op: "create", key, value, durability };
    return { op: random() < 0.2 ? "delete" : "update", key, value, expected, durability };
  });
}

test(`no power cut at ${POINTS} seeded points loses an acknowledged write or issues a revision twice`, () => {
  for (let seed = 1; seed <= POINTS; seed++) assert.equal(violation(seed), undefined, `seed ${seed}`);
});

const SYNCS: readonly SyncName[] = ["create", "create folder", "boot", "boot folder", "turn", "before-checkpoint", "after-checkpoint"];

for (const sync of SYNCS) {
  test(`leaving out the sync "${sync}" is noticed`, () => {
    for (let seed = 1; seed <= POINTS; seed++) if (violation(seed, sync) !== undefined) return;
    assert.fail(`no power cut at ${POINTS} points noticed that "${sync}" is missing`);
  });
}
