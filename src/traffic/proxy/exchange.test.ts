import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../testing/clock.ts";
import { seededRandom } from "../../std/random.ts";
import { Dispatchers } from "../dispatch/dispatchers.ts";
import type { BackendSpec } from "../routes/backend.ts";
import { unknownBackend } from "../routes/backend.ts";
import { Deadlines } from "./deadlines.ts";
import { Exchange } from "./exchange.ts";
import { HeaderList } from "./header-list.ts";
import type { Downstream, RequestHead, ResponseHead, UpstreamPool } from "./message.ts";

const request: RequestHead = {
  method: "GET",
  target: "/",
  authority: "a",
  headers: new HeaderList(),
  version: "1.1",
  bodyLength: 0,
  expectContinue: false,
  upgrade: undefined,
};

/** A client that only listens. */
function client() {
  const seen = { head: undefined as ResponseHead | undefined, body: "", ended: false };
  const downstream: Downstream = {
    request,
    peer: "10.0.0.1",
    scheme: "http",
    resumeBody: () => {},
    pauseBody: () => {},
    sendInformational: () => {},
    sendHead: (head) => void (seen.head = head),
    sendData: (chunk) => ((seen.body += chunk.toString()), true),
    sendEnd: () => void (seen.ended = true),
    flush: () => {},
    cut: () => assert.fail("cut"),
    takeOver: () => assert.fail("taken over"),
  };
  return { seen, downstream };
}

function setUp(pool: Partial<UpstreamPool> = {}) {
  const clock = new ManualClock();
  const none = { connect: () => assert.fail("no instance, no connection"), forget: () => {}, close: () => {}, ...pool };
  const world = { clock, deadlines: new Deadlines(clock), pools: { http1: none, h2c: none } };
  const statSink = () => {};
  const dial = () => Promise.resolve(true);
  const dispatchers = new Dispatchers({ gateway: "g", clock, random: seededRandom(1), statSink, dial, onGone: () => {} });
  const begin = () => {
    const { seen, downstream } = client();
    const rules = { rewriteHost: undefined, setHeaders: [], peer: "10.0.0.1", scheme: "http" as const, requestId: "id" };
    new Exchange(world, downstream, { dispatcher: dispatchers.ensure("ns/rev"), rules }).start();
    return seen;
  };
  return { clock, dispatchers, begin, world };
}

test("the request after 10,000 waiting ones is 503 `pending request queue full`, and costs nothing afterwards", () => {
  const { dispatchers, begin, world } = setUp();
  dispatchers.apply("ns/rev", { settings: { ...unknownBackend, kind: "revision", containerConcurrency: 1 }, instances: [] });
  for (let n = 0; n < 10_000; n++) begin();
  const refused = begin();
  assert.deepEqual([refused.head?.status, refused.body, refused.ended], [503, "pending request queue full", true]);
  assert.equal(refused.head?.headers.get("kinetic-error"), "gateway; reason=QueueFull; request-id=id");
  assert.equal(dispatchers.ensure("ns/rev").concurrency, 10_000);
  assert.equal(world.deadlines.size, 10_000);
  dispatchers.dispose();
});

const failing = (message: string, instances: BackendSpec["instances"] = []): BackendSpec => ({
  settings: { ...unknownBackend, kind: "revision" },
  instances,
  startFailure: { reason: "CrashLoopBackOff", message },
});

test("a start that failed answers what waits and what comes, with the cause, and costs nothing afterwards", () => {
  const { dispatchers, begin, world } = setUp();
  dispatchers.apply("ns/rev", { ...failing(""), startFailure: undefined });
  const waiting = [begin(), begin()];
  dispatchers.apply("ns/rev", failing("Container failed with: no database\n"));
  for (const seen of [...waiting, begin()]) {
    assert.deepEqual(
      [seen.head?.status, seen.body, seen.ended],
      [503, "Revision failed to start: CrashLoopBackOff: Container failed with: no database", true],
    );
    assert.equal(seen.head?.headers.get("kinetic-error"), "gateway; reason=RevisionFailed; request-id=id");
  }
  assert.deepEqual([dispatchers.ensure("ns/rev").concurrency, dispatchers.ensure("ns/rev").waiting, world.deadlines.size], [0, 0, 0]);
  dispatchers.apply("ns/rev", { ...failing(""), startFailure: undefined });
  assert.equal(begin().ended, false, "a new start is a new chance");
  dispatchers.dispose();
});

test("while an instance is there, what the start of others says is not the request's business", () => {
  const { dispatchers, begin } = setUp({ connect: () => undefined });
  dispatchers.apply("ns/rev", failing("x", [{ id: "a", podUid: "a", podName: "a", address: "127.0.0.1", port: 1 }]));
  assert.equal(begin().ended, false);
  dispatchers.dispose();
});

test("the last words of a program are told up to a limit", () => {
  const { dispatchers, begin } = setUp();
  dispatchers.apply("ns/rev", failing("x".repeat(100_000)));
  assert.ok(begin().body.length < 1_100);
  dispatchers.dispose();
});

test("a backend that nobody else knows is given ten seconds", async () => {
  const { clock, dispatchers, begin, world } = setUp();
  const waiting = begin();
  await clock.advance(9_900);
  assert.equal(waiting.ended, false);
  await clock.advance(200);
  assert.deepEqual(
    [waiting.head?.status, waiting.head?.headers.get("kinetic-error")],
    [503, "gateway; reason=BackendUnknown; request-id=id"],
  );
  assert.equal(dispatchers.ensure("ns/rev").concurrency, 0);
  assert.equal(world.deadlines.size, 0);
  dispatchers.dispose();
});
