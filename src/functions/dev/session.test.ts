import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { settle } from "../../testing/clock.ts";
import type { BuildContext, LocalProgram, Outcome } from "../build/contract.ts";
import type { LocalFunction, StartResult } from "./process.ts";
import { DevSession, type DevEvent } from "./session.ts";

const PROGRAM: LocalProgram = { argv: ["x"], cwd: "/", env: {} };

const until = async (ask: () => boolean) => {
  const deadline = Date.now() + 5000;
  while (!ask() && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(ask());
};

/** A session whose builds and starts end when the test says so. */
function scripted(t: TestContext) {
  const log: string[] = [];
  const builds: PromiseWithResolvers<Outcome<LocalProgram>>[] = [];
  const starts: PromiseWithResolvers<StartResult>[] = [];
  const next = <T>(list: PromiseWithResolvers<T>[]) => {
    const step = Promise.withResolvers<T>();
    list.push(step);
    return step.promise;
  };
  const end = new AbortController();
  const session = new DevSession({
    clock: systemClock,
    pack: { runtime: "x", program: () => Promise.reject(new Error("not here")), local: () => next(builds) },
    context: { root: "/", cache: "/", env: {}, output: () => {}, config: {} } as unknown as Omit<BuildContext, "signal">,
    proxy: {
      swap: (port) => Promise.resolve(void log.push(`swap ${port}`)),
      failed: (problem) => void log.push(`failed ${problem}`),
      lost: (port) => void log.push(`lost ${port}`),
    },
    start: () => next(starts),
    tell: (event: DevEvent) => void log.push(event.kind === "failed" ? `told failed, serving ${event.isServing}` : `told ${event.kind}`),
  });
  const running = session.run(end.signal);
  t.after(async () => {
    end.abort();
    await running;
  });
  let lastPort = 0;
  const ready = (): { result: StartResult; ends: (how: string) => void } => {
    const port = ++lastPort;
    const ended = Promise.withResolvers<string>();
    const running: LocalFunction = { port, pid: 0, ended: ended.promise, stop: () => Promise.resolve(void log.push(`stop ${port}`)) };
    return { result: { kind: "ready", running }, ends: ended.resolve };
  };
  /** Waits until as much was logged, and nothing else. */
  const seen = async (...expected: string[]) => {
    await until(() => log.length >= expected.length);
    await settle();
    assert.deepEqual(log.splice(0), expected);
  };
  return { session, builds, starts, ready, seen, end, running };
}

const OK: Outcome<LocalProgram> = { kind: "ok", value: PROGRAM };
test("dev session: build, start, swap; a change does it again and retires the old code", async (t) => {
  const { session, builds, starts, ready, seen } = scripted(t);
  await until(() => builds.length === 1);
  builds[0]?.resolve(OK);
  await until(() => starts.length === 1);
  starts[0]?.resolve(ready().result);
  await seen("told building", "swap 1", "told ready");
  session.changed();
  await until(() => builds.length === 2);
  builds[1]?.resolve(OK);
  await until(() => starts.length === 2);
  starts[1]?.resolve(ready().result);
  await seen("told building", "swap 2", "told ready", "stop 1");
});

test("dev session: two saves during a build give one more build, and only the newest is started", async (t) => {
  const { session, builds, starts, ready, seen } = scripted(t);
  await until(() => builds.length === 1);
  session.changed();
  session.changed();
  builds[0]?.resolve(OK);
  await until(() => builds.length === 2);
  assert.equal(starts.length, 0);
  builds[1]?.resolve(OK);
  await until(() => starts.length === 1);
  starts[0]?.resolve(ready().result);
  await seen("told building", "told building", "swap 1", "told ready");
});

test("dev session: what does not build or start leaves the old code, and says so", async (t) => {
  const { session, builds, starts, ready, seen } = scripted(t);
  await until(() => builds.length === 1);
  builds[0]?.resolve({ kind: "failed", output: "a.ts:1:2: no\n", diagnostics: [] });
  await seen("told building", "failed a.ts:1:2: no", "told failed, serving false");
  session.changed();
  await until(() => builds.length === 2);
  builds[1]?.resolve(OK);
  await until(() => starts.length === 1);
  starts[0]?.resolve(ready().result);
  await seen("told building", "swap 1", "told ready");
  session.changed();
  await until(() => builds.length === 3);
  builds[2]?.resolve({ kind: "refused", message: "no go", hint: "install it" });
  await seen("told building", "failed no go\ninstall it", "told failed, serving true");
  session.changed();
  await until(() => builds.length === 4);
  builds[3]?.resolve(OK);
  await until(() => starts.length === 2);
  starts[1]?.resolve({ kind: "failed", message: "it ended with code 1" });
  await seen("told building", "failed it ended with code 1", "told failed, serving true");
});

test("dev session: code that ends by itself is told, the next change starts it again", async (t) => {
  const { session, builds, starts, ready, seen } = scripted(t);
  await until(() => builds.length === 1);
  builds[0]?.resolve(OK);
  await until(() => starts.length === 1);
  const first = ready();
  starts[0]?.resolve(first.result);
  await seen("told building", "swap 1", "told ready");
  first.ends("it ended with code 7");
  await seen("lost 1", "told ended");
  session.changed();
  await until(() => builds.length === 2);
  builds[1]?.resolve({ kind: "refused", message: "enough" });
});

test("dev session: the end stops what runs", async (t) => {
  const { builds, starts, ready, seen, end, running } = scripted(t);
  await until(() => builds.length === 1);
  builds[0]?.resolve(OK);
  await until(() => starts.length === 1);
  starts[0]?.resolve(ready().result);
  await seen("told building", "swap 1", "told ready");
  end.abort();
  await running;
  await seen("stop 1");
});
