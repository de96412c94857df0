import assert from "node:assert/strict";
import test from "node:test";
import { formatRollout, isRollingOut, nextStepAt, parseRollout, rolloutGoal, stepRollout, type Rollout } from "./rollout.ts";
import type { ResolvedTarget } from "./traffic.ts";

const START = 1_735_689_600_000;

const target = (revisionName: string, percent: number, tag = ""): ResolvedTarget => ({
  revisionName,
  configurationName: "app",
  percent,
  tag,
  latestRevision: true,
});

/** A Route that follows its latest revision; the test turns the clock. */
class Rolling {
  now = START;
  rollout: Rollout = [];
  gone = new Set<string>();
  readonly durationMs: number;

  constructor(durationSeconds: number) {
    this.durationMs = durationSeconds * 1000;
  }

  /** `a 99, b 1` of the first entry. */
  step(revisionName: string, { percent = 100, isServed = true, tag = "" } = {}): string {
    const isAlive = (name: string) => !this.gone.has(name);
    const context = { previous: parseRollout(formatRollout(this.rollout)), isServed, isAlive, durationMs: this.durationMs, now: this.now };
    this.rollout = stepRollout(rolloutGoal([target(revisionName, percent, tag)]), context);
    return this.shares(0);
  }

  shares(index: number): string {
    return (this.rollout[index]?.revisions ?? []).map((share) => `${share.revisionName} ${share.percent}`).join(", ");
  }

  /** Goes from step to step until all is done; how often, and for how many seconds. */
  finish(revisionName: string): { steps: number; seconds: number; last: string } {
    const since = this.now;
    let steps = 0;
    for (let at = nextStepAt(this.rollout); at !== undefined; at = nextStepAt(this.rollout)) {
      this.now = Math.ceil(at);
      this.step(revisionName);
      steps += 1;
      assert.ok(steps < 200, "it ends");
    }
    return { steps, seconds: (this.now - since) / 1000, last: this.shares(0) };
  }
}

test("the first revision, and every one without a duration, gets everything at once", () => {
  assert.equal(new Rolling(60).step("a"), "a 100");
  const rolling = new Rolling(0);
  rolling.step("a");
  assert.equal(rolling.step("b"), "b 100");
  assert.equal(isRollingOut(rolling.rollout), false);
});

test("a new revision gets one percent, and nothing more until the gateway serves that", () => {
  const rolling = new Rolling(60);
  rolling.step("a");
  assert.equal(rolling.step("b", { isServed: false }), "a 99, b 1");
  rolling.now += 10_000;
  assert.equal(rolling.step("b", { isServed: false }), "a 99, b 1");
  assert.equal(nextStepAt(rolling.rollout), undefined);
  assert.equal(isRollingOut(rolling.rollout), true);
  assert.deepEqual(rolling.rollout[0]?.stepParams, { startTime: START * 1e6 });
});

const plans: readonly { readonly name: string; duration: number; tookMs: number; steps: number; seconds: number; first: string }[] = [
  { name: "a step a second", duration: 11, tookMs: 300, steps: 10, seconds: 10, first: "a 89, b 11" },
  { name: "never smaller than a percent", duration: 1000, tookMs: 300, steps: 99, seconds: 999, first: "a 98, b 2" },
  { name: "a slow gateway makes long steps", duration: 60, tookMs: 9_500, steps: 5, seconds: 50, first: "a 79, b 21" },
  { name: "a duration below that of one step", duration: 1, tookMs: 2_000, steps: 1, seconds: 1, first: "b 100" },
];

for (const { name, duration, tookMs, steps, seconds, first } of plans) {
  test(`the steps of a rollout: ${name}`, () => {
    const rolling = new Rolling(duration);
    rolling.step("a");
    rolling.step("b", { isServed: false });
    rolling.now += tookMs;
    assert.equal(rolling.step("b"), "a 99, b 1");
    const since = rolling.now;
    rolling.now = nextStepAt(rolling.rollout) ?? 0;
    assert.equal(rolling.step("b"), first);
    const rest = rolling.finish("b");
    assert.deepEqual([rest.steps + 1, Math.round((rolling.now - since) / 1000), rest.last], [steps, seconds, "b 100"]);
    assert.deepEqual(rolling.rollout[0]?.stepParams, {});
  });
}

/** A rollout from a to b under way: a 89, b 11. */
function underWay(): Rolling {
  const rolling = new Rolling(11);
  rolling.step("a");
  rolling.step("b");
  rolling.step("b");
  rolling.now = nextStepAt(rolling.rollout) ?? 0;
  assert.equal(rolling.step("b"), "a 89, b 11");
  return rolling;
}

test("too early nothing moves", () => {
  const rolling = underWay();
  rolling.now += 999;
  assert.equal(rolling.step("b"), "a 89, b 11");
});

test("a newer revision takes over from the newest; the older keep their share until it is drained", () => {
  const rolling = underWay();
  assert.equal(rolling.step("c"), "a 89, b 10, c 1");
  rolling.step("c");
  rolling.now = nextStepAt(rolling.rollout) ?? 0;
  assert.equal(rolling.step("c"), "a 89, c 11");
  assert.equal(rolling.finish("c").last, "c 100");
});

test("a revision with one percent is replaced by the next", () => {
  const rolling = new Rolling(11);
  rolling.step("a");
  rolling.step("b");
  assert.equal(rolling.step("c"), "a 99, c 1");
});

test("the latest revision goes back to an older one", () => {
  const rolling = underWay();
  assert.equal(rolling.step("a"), "b 99, a 1");
});

test("another percent for the Configuration: the newest gains, the oldest lose", () => {
  assert.equal(underWay().step("b", { percent: 60 }), "a 49, b 11");
  assert.equal(underWay().step("b", { percent: 10 }), "b 10");
  const rolling = underWay();
  rolling.step("b", { percent: 60 });
  assert.equal(rolling.step("b", { percent: 80 }), "a 49, b 31");
});

test("a revision that is gone leaves its share to the newest", () => {
  const rolling = underWay();
  rolling.gone.add("a");
  assert.equal(rolling.step("b"), "b 100");
});

test("a Configuration with one percent does not roll out", () => {
  const rolling = new Rolling(60);
  rolling.step("a", { percent: 1 });
  assert.equal(rolling.step("b", { percent: 1 }), "b 1");
});

test("a tag that follows the latest revision rolls out on its own", () => {
  const rolling = new Rolling(60);
  rolling.step("a", { percent: 50, tag: "next" });
  assert.equal(rolling.step("b", { percent: 50, tag: "next" }), "a 49, b 1");
  assert.equal(rolling.shares(1), "a 99, b 1");
});

for (const text of [
  "",
  "{}",
  "no JSON",
  "[]",
  '{"configurations":[null]}',
  '{"configurations":[{"configurationName":"app","percent":100,"revisions":[]}]}',
]) {
  test(`an annotation that makes no sense counts as none: ${text}`, () => assert.deepEqual(parseRollout(text), []));
}
