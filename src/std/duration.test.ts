import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatGoDuration, humanDuration, parseGoDuration } from "./duration.ts";

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe("humanDuration", () => {
  const rows: [number, string][] = [
    [-5 * S, "<invalid>"],
    [-900, "0s"],
    [0, "0s"],
    [119 * S, "119s"],
    [120 * S, "2m"],
    [2 * M + 13 * S, "2m13s"],
    [9 * M + 59 * S, "9m59s"],
    [10 * M + 59 * S, "10m"],
    [179 * M, "179m"],
    [3 * H, "3h"],
    [3 * H + 10 * M, "3h10m"],
    [8 * H + 10 * M, "8h"],
    [47 * H, "47h"],
    [2 * D + H, "2d1h"],
    [8 * D + H, "8d"],
    [2 * 365 * D, "2y"],
    [2 * 365 * D + D, "2y1d"],
    [9 * 365 * D + D, "9y"],
    [Number.NaN, "<invalid>"],
  ];
  for (const [ms, text] of rows) it(`${ms} ms is ${text}`, () => assert.equal(humanDuration(ms), text));
});

describe("Go durations", () => {
  const rows: [string, number, string][] = [
    ["0", 0, "0s"],
    ["1h2m3s", H + 2 * M + 3 * S, "1h2m3s"],
    ["1.5h", 90 * M, "1h30m0s"],
    ["1.5s", 1500, "1.5s"],
    ["-1m30s", -90 * S, "-1m30s"],
    ["20ms", 20, "20ms"],
    ["100us", 0.1, "100µs"],
    ["1ns", 1e-6, "1ns"],
    ["+5s", 5 * S, "5s"],
    [".5s", 500, "500ms"],
  ];
  for (const [text, ms, canonical] of rows) {
    it(`${text} is ${canonical}`, () => {
      assert.equal(parseGoDuration(text), ms);
      assert.equal(formatGoDuration(ms), canonical);
    });
  }
  for (const text of ["", "5", "s", "1x", "1s ", "-", "1s2", "1.2.3s"]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseGoDuration(text), undefined));
  }
});
