/** Delivery under power cuts, failing disks and subscribers of every mood; see Witness for what is promised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveWithFaults, type Mutation } from "./fixtures/fault-life.ts";
import { Violation } from "./fixtures/fault-witness.ts";

const SEEDS = Number(process.env["KINETIC_DELIVERY_SEEDS"] ?? 150);

test(`delivery: ${SEEDS} seeded lives with power cuts lose no event and no reply`, async (t) => {
  let [accepted, taken, deadLettered, parked, duplicates] = [0, 0, 0, 0, 0];
  const cuts = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      const life = await liveWithFaults(seed);
      const { witness } = life;
      accepted += witness.accepted;
      taken += witness.count("taken");
      deadLettered += witness.count("deadLettered");
      parked += witness.count("isParked");
      duplicates += witness.duplicates;
      for (const cut of life.cuts) cuts.add(cut);
    } catch (error) {
      assert.fail(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  t.diagnostic(
    `${accepted} events accepted, 0 lost; ${taken} delivered, ${deadLettered} dead-lettered, ${parked} parked, ${duplicates} twice`,
  );
  for (const count of [taken, deadLettered, parked, duplicates]) assert.ok(count > SEEDS / 4, "too little happens");
  for (const call of ["write", "sync turn", "sync lazy"]) assert.ok(cuts.has(call), `no power cut came at ${call}`);
  t.diagnostic(`cut at ${[...cuts].toSorted().join(", ")}`);
});

for (const mutation of ["append", "settle", "attempt"] satisfies Mutation[]) {
  test(`delivery: leaving out the sync of "${mutation}" is noticed`, async () => {
    for (let seed = 1; seed <= Math.max(SEEDS, 300); seed++) {
      try {
        await liveWithFaults(seed, mutation);
      } catch (error) {
        if (error instanceof Violation) return;
        throw error;
      }
    }
    assert.fail(`nothing noticed that the sync of "${mutation}" is missing`);
  });
}
