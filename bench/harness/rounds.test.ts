import assert from "node:assert/strict";
import { test } from "node:test";
import { runRounds } from "./rounds.ts";
import type { Session } from "./row.ts";

test("ours and the peer alternate, and who goes first alternates too", async () => {
  const order: string[] = [];
  const record = (name: string) => (round: number) => {
    order.push(name);
    return Promise.resolve({ value: round });
  };
  const session: Session = {
    ours: record("ours"),
    peer: { name: "nginx", measure: record("peer") },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const rounds = await runRounds(session, 3, () => {});
  assert.deepEqual(order, ["ours", "peer", "peer", "ours", "ours", "peer"]);
  assert.deepEqual(rounds, { ours: [0, 1, 2].map((value) => ({ value })), peer: [0, 1, 2].map((value) => ({ value })), peerName: "nginx" });
});

test("a row without a peer has no peer rounds", async () => {
  const session: Session = { ours: () => Promise.resolve({}), [Symbol.asyncDispose]: () => Promise.resolve() };
  assert.deepEqual(await runRounds(session, 2, () => {}), { ours: [{}, {}], peer: [], peerName: "" });
});
