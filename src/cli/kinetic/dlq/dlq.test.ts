import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, runObserved } from "../fixtures/observed-run.ts";

const LETTER = {
  metadata: { name: "7", namespace: "ns", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { event: { specversion: "1.0", id: "a", type: "t", source: "/s", data: { n: 1 } } },
  status: { trigger: "mine", broker: "b", reason: "NoSink", message: "it answered 500", httpStatus: 500, attempts: 2, redrives: 0 },
};
const TRIGGER = "eventing.knative.dev/trigger=mine";

test("dlq list goes through all pages and prints a table, or one object a line", async () => {
  const answers = {
    [`GET ${BASE}/deadletters?labelSelector=${TRIGGER}`]: { items: [LETTER], metadata: { continue: "7" } },
    [`GET ${BASE}/deadletters?labelSelector=${TRIGGER}&continue=7`]: {
      items: [{ ...LETTER, status: { ...LETTER.status, editOf: "1" } }],
      metadata: {},
    },
  };
  const ran = await runObserved(["dlq", "list", "--trigger", "mine"], answers);
  assert.match(
    ran.stdout,
    /^NAME +TRIGGER +EVENT +TYPE +REASON +ATTEMPTS[^\n]*\n7 +mine +a +t +NoSink +2 +0 +\S+ +it answered 500\n7 \(edit of 1\)/,
  );
  const json = await runObserved(["dlq", "list", "--trigger", "mine", "--json"], answers);
  assert.deepEqual(json.stdout.trim().split("\n").length, 2);
  const none = await runObserved(["dlq", "list"], { [`GET ${BASE}/deadletters`]: { items: [], metadata: {} } });
  assert.equal(none.stdout, "no dead letters in namespace ns\n");
});

test("dlq show prints why it was given up, and the event", async () => {
  const ran = await runObserved(["dlq", "show", "7"], { [`GET ${BASE}/deadletters/7`]: LETTER });
  assert.match(ran.stdout, /^Trigger: +ns\/mine\n[^]*Message: +it answered 500\n[^]*"data": \{\n/);
  const missing = await runObserved(["dlq", "show", "8"], {});
  assert.deepEqual([missing.code, missing.stderr], [1, "Error: not found\n"]);
});

test("dlq edit sends the event with the changes alone and names the copy", async () => {
  const copy = { ...LETTER, metadata: { ...LETTER.metadata, name: "9" } };
  const answers = { [`GET ${BASE}/deadletters/7`]: LETTER, [`PUT ${BASE}/deadletters/7`]: copy };
  const ran = await runObserved(["dlq", "edit", "7", "--data", '{"n":2}', "--set", "type=u"], answers);
  assert.equal(ran.stdout, "9 is the changed copy of 7; send it with: kinetic dlq redrive 9\n", ran.stderr);
  assert.deepEqual((ran.bodies[0] as typeof LETTER).spec.event, { ...LETTER.spec.event, type: "u", data: { n: 2 } });
  const same = await runObserved(["dlq", "edit", "7", "--set", "type=t"], answers);
  assert.equal(same.stderr, "Error: nothing was changed\n");
});

test("dlq redrive tells what became of each, and fails when one did", async () => {
  const lines = [
    { deadLetter: "7", event: "a", trigger: "mine", outcome: "redriven", detail: "answered 200" },
    { deadLetter: "8", trigger: "mine", outcome: "failed", detail: "it answered 500" },
    { summary: { matched: 2, redriven: 1, failed: 1 } },
  ];
  const ran = await runObserved(["dlq", "redrive", "7", "8", "--rate", "5"], { [`POST ${BASE}/redrives`]: lines });
  assert.equal(ran.stdout, "7 (event a) of mine: redriven, answered 200\n8 of mine: failed, it answered 500\n1 of 2 redriven\n");
  assert.deepEqual([ran.code, ran.stderr], [1, "Error: 1 could not be redriven; they stay where they are\n"]);
  assert.deepEqual(ran.bodies, [{ spec: { names: ["7", "8"], rate: 5, dryRun: false } }]);
  const onTerminal = await runObserved(["dlq", "redrive", "7"], { [`POST ${BASE}/redrives`]: lines }, { isTTY: true });
  assert.ok(onTerminal.stdout.includes("\u001b[32m"), "colours on a terminal alone");
});

test("dlq redrive and purge say which is missing when nothing is selected", async () => {
  for (const verb of ["redrive", "purge"]) {
    const ran = await runObserved(["dlq", verb], {});
    assert.deepEqual(
      [ran.code, ran.calls, ran.stderr],
      [1, [], "Error: say which: names, or --trigger, --broker, --reason or --selector\n"],
    );
  }
});

test("dlq purge asks with the count, and does nothing without a yes", async () => {
  const answers = {
    [`DELETE ${BASE}/deadletters?labelSelector=${TRIGGER}&dryRun=All`]: { details: { count: 2 } },
    [`DELETE ${BASE}/deadletters?labelSelector=${TRIGGER}`]: { details: { count: 2 } },
  };
  const refused = await runObserved(["dlq", "purge", "--trigger", "mine"], answers, { stdin: "no\n" });
  assert.deepEqual([refused.code, refused.calls.length], [1, 1]);
  assert.match(refused.stderr, /purge 2 dead letters for good\?[^]*Error: nothing was changed\n$/);
  const done = await runObserved(["dlq", "purge", "--trigger", "mine"], answers, { stdin: "yes\n" });
  assert.deepEqual([done.code, done.stdout], [0, "2 purged\n"]);
});
