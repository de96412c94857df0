import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TrafficTarget } from "../../../api/serving/traffic.ts";
import { revision, service } from "../fixtures/objects.ts";
import { computeTraffic, type TrafficFlags } from "./traffic.ts";

const REVISIONS = [1, 2, 3].map((generation) => revision("hello", generation));
const WORLD = { service: service("hello", { status: { latestReadyRevisionName: "hello-00003" } }), revisions: REVISIONS };
const LATEST: TrafficTarget = { latestRevision: true, percent: 100 };
const target = (name: string, percent: number, tag?: string): TrafficTarget => ({
  revisionName: `hello-0000${name}`,
  latestRevision: false,
  percent,
  ...(tag === undefined ? {} : { tag }),
});

const CASES: readonly { what: string; before: readonly TrafficTarget[]; flags: TrafficFlags; after: readonly TrafficTarget[] }[] = [
  {
    what: "three revisions replace @latest",
    before: [LATEST],
    flags: { traffic: ["hello-00001=40", "hello-00002=30", "hello-00003=30"] },
    after: [target("1", 40), target("2", 30), target("3", 30)],
  },
  {
    what: "a tag goes on the target of its revision, @latest gets one of its own",
    before: [target("1", 60), target("2", 40)],
    flags: { tag: ["hello-00001=old", "@latest=latest"] },
    after: [target("1", 60, "old"), target("2", 40), { latestRevision: true, percent: 0, tag: "latest" }],
  },
  {
    what: "a tagged target with no share stays, one without a tag goes",
    before: [target("1", 60, "old"), target("2", 40)],
    flags: { traffic: ["@latest=100"] },
    after: [target("1", 0, "old"), LATEST],
  },
  {
    what: "untag comes first, so that a tag can move",
    before: [target("1", 100, "live")],
    flags: { untag: ["live"], tag: ["hello-00002=live"] },
    after: [target("1", 100), target("2", 0, "live")],
  },
  {
    what: "a share may name a tag",
    before: [target("1", 100, "a"), target("2", 0, "b")],
    flags: { traffic: ["a=20", "b=80"] },
    after: [target("1", 20, "a"), target("2", 80, "b")],
  },
  {
    what: "the one revision that is not named gets the rest",
    before: [LATEST],
    flags: { traffic: ["hello-00001=10", "@latest=60"] },
    after: [{ latestRevision: true, percent: 60 }, target("1", 10), target("2", 30)],
  },
  { what: "a bare number is for @latest", before: [target("1", 100)], flags: { traffic: ["100"] }, after: [LATEST] },
  {
    what: "a tag that is there already is left alone",
    before: [target("1", 100, "a")],
    flags: { tag: ["hello-00001=a"] },
    after: [target("1", 100, "a")],
  },
];

for (const { what, before, flags, after } of CASES) {
  test(`traffic: ${what}`, () => assert.deepEqual(computeTraffic(before, flags, WORLD), after));
}

const ERRORS: readonly (readonly [TrafficFlags, string])[] = [
  [
    { traffic: ["hello-00001=40", "hello-00002=30"].slice(0, 1) },
    "unable to allocate the remaining traffic: 60%. Reason: incorrect number of revisions specified. Only 1 revision should be missing",
  ],
  [
    { traffic: ["hello-00001=40", "hello-00001=60"] },
    "repetition of revision reference hello-00001 is not allowed, use only once with --traffic flag",
  ],
  [{ traffic: ["hello-00001=abc"] }, "error converting given abc to integer value for traffic distribution"],
  [{ traffic: ["hello-00001=60", "hello-00002=50"] }, "given traffic percents sum to 110, want <=100"],
  [{ traffic: ["hello-00001"] }, "expecting the value format in value1=value2, given hello-00001"],
  [{ untag: ["nosuch"] }, "tag(s) nosuch not present for any revisions of service hello"],
  [
    { tag: ["hello-00001=a", "hello-00002=a"] },
    "refusing to overwrite existing tag in service, add flag '--untag a' in command to untag it",
  ],
];

for (const [flags, message] of ERRORS) {
  test(`traffic refused: ${message}`, () => assert.throws(() => computeTraffic([LATEST], flags, WORLD), { message }));
}

test("traffic: shares always end at 100", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (a, b) => {
      fc.pre(a + b <= 100);
      const targets = computeTraffic([LATEST], { traffic: [`hello-00001=${a}`, `hello-00002=${b}`] }, WORLD);
      assert.equal(
        targets.reduce((sum, one) => sum + (one.percent ?? 0), 0),
        100,
      );
    }),
  );
});
