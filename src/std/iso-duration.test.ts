import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIsoDuration } from "./iso-duration.ts";

test("ISO 8601 durations in milliseconds", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["PT0.2S", 200],
    ["PT30S", 30_000],
    ["PT0S", 0],
    ["PT1M30S", 90_000],
    ["P1DT12H", 129_600_000],
    ["P2W", 1_209_600_000],
    ["P1M", 2_592_000_000],
    ["-PT1S", -1000],
    ["P", undefined],
    ["PT", undefined],
    ["P1DT", undefined],
    ["1S", undefined],
    ["0.2s", undefined],
    ["", undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseIsoDuration(text), ms, text);
});
