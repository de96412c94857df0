/** Power cuts, dying processes and failing disks at seeded points of a random life; see TornDisk for what a cut may take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SyncName } from "../../testing/torn-disk.ts";
import { liveAndDie } from "./fixtures/crash-life.ts";
import { Violation } from "./fixtures/witness.ts";

const POINTS = Number(process.env["KINETIC_CRASH_POINTS"] ?? 200);

const SYNCS: readonly SyncName[] = [
  "turn",
  "turn folder",
  "roll",
  "roll folder",
  "lazy",
  "lazy folder",
  "boot",
  "boot folder",
  "snapshot",
  "snapshot folder",
];

test(`no power cut at ${POINTS} seeded points loses an event, an acknowledgement or a parked item, or gives an offset twice`, (t) => {
  let [duplicates, acknowledged] = [0, 0];
  const cuts = new Set<string>();
  for (let seed = 1; seed <= POINTS; seed++) {
    try {
      const result = liveAndDie(seed);
      duplicates += result.duplicates;
      acknowledged += result.acknowledged;
      for (const cut of result.cuts) cuts.add(cut);
    } catch (error) {
      assert.fail(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  t.diagnostic(`${acknowledged} events, 0 lost, ${duplicates} to be delivered again; cut at ${[...cuts].toSorted().join(", ")}`);
  for (const call of ["write", "rename", "remove", ...SYNCS.map((sync) => `sync ${sync}`).filter((sync) => !sync.endsWith("folder"))]) {
    assert.ok(cuts.has(call), `no power cut came at ${call}`);
  }
  assert.ok(acknowledged > POINTS * 10, `only ${acknowledged} events were acknowledged`);
});

for (const sync of SYNCS) {
  test(`leaving out the sync "${sync}" is noticed`, () => {
    for (let seed = 1; seed <= Math.max(POINTS, 1000); seed++) {
      try {
        liveAndDie(seed, sync);
      } catch (error) {
        if (error instanceof Violation) return;
        throw error;
      }
    }
    assert.fail(`nothing noticed that "${sync}" is missing`);
  });
}
