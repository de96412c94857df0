import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRow, formatValue, resultOf } from "./report.ts";
import type { Row } from "./row.ts";

const row: Row = {
  name: "proxy",
  title: "a title",
  figures: [
    { key: "cpu", what: "CPU a request", unit: "us", better: "lower", bar: 50, goal: 25, recorded: "real Knative: 392 us" },
    { key: "rps", what: "rate", unit: "/s", better: "higher", bar: 15_000 },
    { key: "absent", what: "not there", unit: "ms", better: "lower", bar: 1 },
  ],
  open: () => Promise.reject(new Error("not opened by this test")),
};

test("a row prints ours, the peer measured now, the recorded figure, bar and goal, and a miss as loud as a hit", () => {
  const rounds = {
    ours: [
      { cpu: 60, rps: 16_000 },
      { cpu: 40, rps: 14_000 },
      { cpu: 51, rps: 15_500 },
    ],
    peer: [{ cpu: 15 }],
    peerName: "nginx",
  };
  const result = resultOf(row, rounds, ["a note"]);
  assert.deepEqual(
    result.figures.map((figure) => figure.verdict),
    ["missed", "bar", "not measured"],
  );
  const lines = formatRow(result).split("\n");
  assert.match(lines[1] ?? "", /CPU a request +51 us \(40-60, 3 rounds\) +bar 50 us, goal 25 us; BELOW THE BAR$/);
  assert.equal(lines[2]?.trim(), "measured now, nginx: 15 us (1 round)");
  assert.equal(lines[3]?.trim(), "recorded, real Knative: 392 us");
  assert.match(lines[4] ?? "", /rate +15,500\/s .*meets the bar$/);
  assert.match(lines[5] ?? "", /not there +- +bar 1 ms; NOT MEASURED$/);
  assert.equal(lines[6], "  ! a note");
});

test("values keep three digits", () => {
  assert.deepEqual([formatValue(0.123456, "ms"), formatValue(999.4, "s"), formatValue(12_345.6, "/s")], ["0.123 ms", "999 s", "12,346/s"]);
});
