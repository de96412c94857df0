import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { WriteRequest } from "../contract.ts";
import { createStoreDisk } from "./disk.ts";
import type { StoreDisk, SyncReason } from "./disk.ts";
import { foreignOwner, notLocal } from "./folder.ts";
import { createLogFile, LogDatabase } from "./log-database.ts";
import { SequencerLoop } from "./loop.ts";
import type { FromWorker } from "./messages.ts";
import { Sequencer } from "./sequencer.ts";

interface World extends Disposable {
  readonly db: DatabaseSync;
  readonly sequencer: Sequencer;
  readonly syncs: SyncReason[];
  /** Opens the same files again, without a clean end. */
  reopen(): World;
}

const TUNING = { reservation: 10, checkpointPages: 1_000 };

function world(options: { readonly tuning?: Partial<typeof TUNING>; readonly failSync?: () => boolean } = {}): World {
  const folder = mkdtempSync(join(tmpdir(), "sequencer-"));
  const databasePath = join(folder, "store.db");
  createLogFile(databasePath);
  const start = (): World => {
    const syncs: SyncReason[] = [];
    const disk = recordingDisk(syncs, options.failSync ?? (() => false));
    const db = new DatabaseSync(databasePath);
    const sequencer = new Sequencer(new LogDatabase(db), disk, { ...TUNING, ...options.tuning, folder, databasePath });
    const dispose = () => {
      if (db.isOpen) sequencer[Symbol.dispose]();
      disk[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    };
    const reopen = () => {
      db.close();
      return start();
    };
    return { db, sequencer, syncs, reopen, [Symbol.dispose]: dispose };
  };
  return start();
}

function recordingDisk(syncs: SyncReason[], fails: () => boolean): StoreDisk {
  const disk = createStoreDisk();
  return {
    ...disk,
    sync: (path, reason) => {
      syncs.push(reason);
      if (fails()) throw new Error("EIO");
      disk.sync(path, reason);
    },
  };
}

function creates(
  count: number,
  options: { readonly size?: number; readonly durability?: "durable" | "derived"; readonly tag?: string } = {},
): WriteRequest[] {
  const { size = 2, durability = "derived", tag = "k" } = options;
  return Array.from({ length: count }, (_, i) => ({ op: "create", key: `/${tag}${i}`, value: "v".repeat(size), durability }));
}

test("a turn syncs once if it has a durable write, and not at all without", () => {
  using at = world({ tuning: { reservation: 1_000 } });
  const posted: string[] = [];
  const loop = new SequencerLoop(
    at.sequencer,
    (message) => posted.push(message.kind),
    () => {},
  );
  const syncsAtBoot = at.syncs.length;
  loop.handle([{ kind: "requests", writes: creates(3), reads: [] }]);
  assert.equal(at.syncs.length, syncsAtBoot);
  loop.handle([
    { kind: "requests", writes: creates(3, { durability: "durable", tag: "d" }), reads: [] },
    { kind: "requests", writes: creates(3, { durability: "durable", tag: "e" }), reads: [] },
  ]);
  assert.deepEqual(at.syncs.slice(syncsAtBoot), ["turn"]);
  assert.deepEqual(posted, ["committed", "committed", "synced"]);
});

test("a full disk answers unavailable, writes nothing of the turn, and recovers when space returns", () => {
  using at = world();
  at.sequencer.turn(creates(2));
  at.db.exec("PRAGMA max_page_count = 1");
  const full = at.sequencer.turn([...creates(1, { tag: "small" }), ...creates(2, { size: 100_000, tag: "big" })]);
  for (const { result } of full.outcomes) {
    assert.deepEqual(result, { kind: "unavailable", message: "the disk that holds the store is full; make space and try again" });
  }
  assert.equal(at.sequencer.revision, 2);
  assert.deepEqual(at.sequencer.list("").values.length, 2);
  at.db.exec("PRAGMA max_page_count = 4294967294");
  const after = at.sequencer.turn(creates(1, { size: 100_000, tag: "big" }));
  assert.deepEqual(
    after.outcomes.map(({ result }) => result),
    [{ kind: "ok", revision: 3 }],
  );
});

test("after a failed sync no write is accepted, and the next boot does not trust the revision", () => {
  let failing = false;
  using at = world({ failSync: () => failing });
  const posted: FromWorker[] = [];
  const loop = new SequencerLoop(
    at.sequencer,
    (message) => posted.push(message),
    () => {},
  );
  failing = true;
  loop.handle([{ kind: "requests", writes: creates(1, { durability: "durable" }), reads: [] }]);
  assert.deepEqual(
    posted.map((message) => message.kind),
    ["committed", "failed"],
  );
  const later = at.sequencer.turn(creates(1, { tag: "later" }));
  assert.equal(later.outcomes[0]?.result.kind, "unavailable");
  at.sequencer[Symbol.dispose]();
});

test("an unclean boot continues behind everything that may have been issued, and ends the history", () => {
  using first = world();
  first.sequencer.turn(creates(3));
  using second = first.reopen();
  assert.equal(second.sequencer.revision, 10);
  assert.deepEqual(second.sequencer.history("", 3), { kind: "compacted", oldest: 10 });
  assert.equal(second.sequencer.list("").values.length, 3);
  assert.deepEqual(second.sequencer.turn(creates(1, { tag: "next" })).outcomes[0]?.result, { kind: "ok", revision: 11 });
});

test("a turn beyond the synced reservation is held until it is synced", () => {
  using at = world();
  const order: string[] = [];
  const loop = new SequencerLoop(
    at.sequencer,
    (message) => order.push(message.kind),
    () => {},
  );
  const before = at.syncs.length;
  loop.handle([{ kind: "requests", writes: creates(6), reads: [] }]);
  assert.deepEqual(order, ["committed", "synced"], "half of the reservation is used: it is renewed without holding the turn");
  const turn = at.sequencer.turn(creates(30, { tag: "many" }));
  assert.equal(turn.holdAll, true);
  assert.deepEqual(at.syncs.slice(before), ["turn"]);
});

test("sweeping a compacted history does not bring a deleted key back", () => {
  using at = world();
  at.sequencer.turn(creates(1));
  at.sequencer.compact(1);
  at.sequencer.sweep();
  at.sequencer.turn([{ op: "delete", key: "/k0", value: "{}", expected: 1, durability: "derived" }]);
  at.sequencer.turn(creates(1, { tag: "other" }));
  at.sequencer.compact(3);
  while (!at.sequencer.sweep());
  using again = at.reopen();
  assert.deepEqual(
    again.sequencer.list("").values.map((value) => value.key),
    ["/other0"],
  );
});

test("a sweep keeps the last state before a change that is still in the history, and nothing else", () => {
  using at = world();
  const write = (op: "update" | "delete", key: string, expected: number) => {
    at.sequencer.turn([{ op, key, value: "v", expected, durability: "derived" }]);
    return at.sequencer.revision;
  };
  at.sequencer.turn(creates(4)); // k0..k3 at 1..4
  const second = write("update", "/k0", 1);
  const third = write("delete", "/k1", 2);
  at.sequencer.turn(creates(1, { tag: "now" }));
  const compacted = at.sequencer.revision;
  const later = [write("update", "/k0", second), write("delete", "/k2", 3)];
  at.sequencer.compact(compacted);
  while (!at.sequencer.sweep());
  const present = (revisions: number[]) => revisions.filter((revision) => at.sequencer.at([revision])[0] !== undefined);
  assert.deepEqual(present([1, 2, 3, 4, second, third, compacted, ...later]), [3, 4, second, compacted, ...later]);
  at.sequencer.compact(at.sequencer.revision);
  while (!at.sequencer.sweep());
  assert.deepEqual(present([1, 2, 3, 4, second, third, compacted, ...later]), [4, compacted, later[0]]);
});

test("a checkpoint syncs the WAL first and the main file after, when it is due", () => {
  using at = world({ tuning: { checkpointPages: 3, reservation: 1_000 } });
  at.sequencer.turn(creates(1));
  at.sequencer.maintain();
  assert.deepEqual(at.syncs, ["boot"]);
  at.sequencer.turn(creates(1, { size: 10_000, tag: "big" }));
  at.sequencer.maintain();
  assert.deepEqual(at.syncs, ["boot", "before-checkpoint", "after-checkpoint"]);
  at.sequencer.maintain();
  assert.equal(at.syncs.length, 3);
});

test("SQLite runs with the settings that the crash suite takes for granted", () => {
  using at = world();
  const setting = (name: string) => Object.values(at.db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.deepEqual(["journal_mode", "synchronous", "wal_autocheckpoint"].map(setting), ["wal", 1, 0]);
});

test("folders of other users and network filesystems are named in a sentence", () => {
  assert.equal(foreignOwner("/data", 1000, 1000), undefined);
  assert.equal(foreignOwner("/data", 1000, 0)?.message, "/data belongs to another user (uid 1000); choose another data directory");
  if (process.platform !== "linux") return;
  assert.equal(notLocal("/", 0xef53), undefined);
  assert.match(notLocal("/", 0x6969)?.message ?? "", /network filesystem \(NFS\)/);
});
