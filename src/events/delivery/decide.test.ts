import assert from "node:assert/strict";
import { test } from "node:test";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { deadLetter } from "./dead-letter.ts";
import { decide, type Answer } from "./decide.ts";
import { hopsLeft, withHops, withoutHops } from "./loop-guard.ts";
import { backoffMs, type DeliveryPolicy } from "./policy.ts";

const POLICY: DeliveryPolicy = { retry: 3, timeoutMs: 1000, backoffPolicy: "exponential", backoffDelayMs: 200 };
const NOW = Date.parse("2026-11-25T06:00:00Z");
const bytes = (text: string) => new TextEncoder().encode(text);
const answered = (status: number, headers: Record<string, string> = {}, body = ""): Answer => ({
  kind: "answered",
  status,
  headers,
  body: bytes(body),
});
const REPLY = { "ce-specversion": "1.0", "ce-id": "r", "ce-source": "/r", "ce-type": "reply" };

test("delivery: every status is delivered, tried again or given up", () => {
  const kindOf = (status: number) => decide(answered(status), 1, POLICY, NOW).kind;
  const rows: Record<string, readonly number[]> = {
    delivered: [200, 201, 202, 204, 299],
    retry: [404, 408, 409, 429, 500, 502, 503, 504, 599],
    "give-up": [100, 301, 302, 304, 400, 401, 403, 405, 410, 413, 422, 499],
  };
  for (const [kind, statuses] of Object.entries(rows))
    assert.deepEqual(
      statuses.map(kindOf),
      statuses.map(() => kind),
      kind,
    );
  assert.equal(decide({ kind: "unreachable", message: "refused" }, 1, POLICY, NOW).kind, "retry");
});

test("delivery: retry counts tries after the first, and backoff follows the specification", () => {
  const delays = [1, 2, 3, 4].map((tries) => {
    const decision = decide(answered(500), tries, POLICY, NOW);
    return decision.kind === "retry" ? decision.delayMs : decision.kind;
  });
  assert.deepEqual(delays, [200, 400, 800, "give-up"]);
  assert.deepEqual(
    [1, 2, 3].map((tries) => backoffMs({ ...POLICY, backoffPolicy: "linear" }, tries)),
    [200, 200, 200],
  );
  assert.equal(backoffMs(POLICY, 1000), 24 * 60 * 60_000);
  assert.equal(decide(answered(500), 1, { ...POLICY, retry: 0 }, NOW).kind, "give-up");
});

test("delivery: Retry-After counts when the policy allows it, up to its bound, and only where it means something", () => {
  const delayOf = (status: number, value: string, retryAfterMaxMs?: number) => {
    const policy = retryAfterMaxMs === undefined ? POLICY : { ...POLICY, retryAfterMaxMs };
    const decision = decide(answered(status, { "retry-after": value }), 1, policy, NOW);
    return decision.kind === "retry" ? decision.delayMs : Number.NaN;
  };
  assert.equal(delayOf(503, "5"), 200);
  assert.equal(delayOf(503, "5", 10_000), 5000);
  assert.equal(delayOf(429, "50", 10_000), 10_000);
  assert.equal(delayOf(500, "5", 10_000), 200);
  assert.equal(delayOf(503, "0", 10_000), 200);
  assert.equal(delayOf(503, "soon", 10_000), 200);
  assert.equal(delayOf(503, new Date(NOW + 3000).toUTCString(), 10_000), 3000);
  assert.equal(delayOf(503, new Date(NOW - 3000).toUTCString(), 10_000), 200);
});

test("delivery: a reply is an event or nothing; any other body is an error of the subscriber", () => {
  const reply = decide(answered(200, REPLY, "hi"), 1, POLICY, NOW);
  assert.ok(reply.kind === "delivered");
  assert.equal(reply.reply?.attributes["type"], "reply");
  assert.equal(decide(answered(202, REPLY), 1, POLICY, NOW).kind, "delivered");
  const failures: readonly [Answer, RegExp][] = [
    [answered(200, {}, "OK"), /^it answered 200 with a body that is no CloudEvent$/],
    [answered(200, { ...REPLY, "ce-id": "" }), /its reply is no valid CloudEvent: the required attribute id/],
    [answered(200, { "content-type": "application/cloudevents+json" }, "{"), /its reply cannot be read/],
    [answered(200, { "content-type": "application/cloudevents-batch+json" }, "[]"), /a reply is one event/],
  ];
  for (const [answer, message] of failures) {
    const decision = decide(answer, 1, POLICY, NOW);
    assert.ok(decision.kind === "retry");
    assert.match(decision.failure.message, message);
    assert.equal(decision.failure.status, 502);
  }
});

const EVENT: CloudEvent = { attributes: { specversion: "1.0", id: "1", source: "/s", type: "t" }, data: bytes("x") };

test("delivery: a dead letter says what failed; what was said is cut before it is encoded", () => {
  const { attributes, data } = deadLetter(EVENT, "http://a/", { status: 400, message: "it answered 400", body: bytes("é".repeat(2000)) });
  assert.deepEqual([attributes["knativeerrordest"], attributes["knativeerrorcode"], data], ["http://a/", 400, EVENT.data]);
  const said = String(attributes["knativeerrordata"]);
  assert.equal(said.length, 1024);
  assert.equal(Buffer.from(said, "base64").length, 768);
  const unreachable = deadLetter(EVENT, "http://a/", { status: 0, message: "refused" }).attributes;
  assert.equal(unreachable["knativeerrorcode"], 500);
  assert.equal(Buffer.from(String(unreachable["knativeerrordata"]), "base64").toString(), "refused");
});

test("delivery: hops are counted, hidden from subscribers, and nonsense counts as none", () => {
  assert.equal(hopsLeft(EVENT), 255);
  assert.equal(hopsLeft(withHops(EVENT, 3)), 3);
  assert.equal(hopsLeft({ attributes: { ...EVENT.attributes, knativebrokerttl: "7" } }), 7);
  assert.equal(hopsLeft({ attributes: { ...EVENT.attributes, knativebrokerttl: "x" } }), 255);
  assert.deepEqual(withoutHops(withHops(EVENT, 3)), EVENT);
});
