import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../testing/clock.ts";
import { startMemorySaver } from "./memory-saver.ts";

const SECOND_MS = 1000;

/** A process that uses `share` of a core and holds 100 MB. */
class Process {
  readonly clock = new ManualClock();
  readonly switched: boolean[] = [];
  #cpuMs = 0;

  readonly host = {
    cpuMs: () => this.#cpuMs,
    residentMb: () => 100,
    setSaving: (on: boolean) => void this.switched.push(on),
  };

  async run(seconds: number, share: number): Promise<void> {
    for (let passed = 0; passed < seconds * SECOND_MS; passed += 100) {
      this.#cpuMs += share * 100;
      await this.clock.advance(100);
    }
  }
}

test("memory is saved after two seconds of quiet, once for each burst", async () => {
  const process = new Process();
  using _saver = startMemorySaver(process.clock, process.host);
  await process.run(10, 0.8);
  assert.deepEqual(process.switched, []);
  await process.run(1.5, 0.05);
  assert.deepEqual(process.switched, []);
  await process.run(60, 0.05);
  assert.deepEqual(process.switched, [true]);
  await process.run(5, 0.8);
  await process.run(5, 0.05);
  assert.deepEqual(process.switched, [true, false, true]);
});

test("what the collector itself uses is not work", async () => {
  const process = new Process();
  using _saver = startMemorySaver(process.clock, process.host);
  await process.run(5, 0.01);
  await process.run(0.2, 1);
  await process.run(5, 0.01);
  assert.deepEqual(process.switched, [true]);
  await process.run(1, 1);
  assert.deepEqual(process.switched, [true, false]);
});

test("a disposed saver has no timer", () => {
  const process = new Process();
  startMemorySaver(process.clock, process.host)[Symbol.dispose]();
  assert.equal(process.clock.pending, 0);
});
