import assert from "node:assert/strict";
import { test } from "node:test";
import { conflict } from "../../../api/meta/errors.ts";
import { podKind } from "../../../api/core/pod.ts";
import type { Client } from "../../../client/types.ts";
import { silentLogger } from "../../../std/logger.ts";
import { ManualClock } from "../../../testing/clock.ts";
import { deletePod } from "./delete-pod.ts";

const pod = { metadata: { name: "a", namespace: "n", uid: "u" } };

function scripted(...answers: (Error | undefined)[]) {
  const clock = new ManualClock();
  const calls: unknown[] = [];
  const client = {
    delete: (_kind: unknown, _key: unknown, options: unknown) => {
      calls.push(options);
      const answer = answers.shift();
      return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    },
  } as unknown as Client;
  return { clock, calls, options: { client, clock, logger: silentLogger } };
}

test("a delete that fails is repeated until the server has heard it", async () => {
  const { clock, calls, options } = scripted(new Error("503"), new Error("lost"));
  const done = deletePod(pod, { ...options, isOver: () => false });
  await clock.advance(249);
  assert.equal(calls.length, 1);
  await clock.advance(251);
  await done;
  assert.deepEqual(calls, Array(3).fill({ gracePeriodSeconds: 0, preconditions: { uid: "u" } }));
});

test("it ends when another pod has the name, and when it is over", async () => {
  const taken = scripted(conflict(podKind, "a", "uid"));
  await deletePod(pod, { ...taken.options, isOver: () => false });
  assert.equal(taken.calls.length, 1);
  let over = false;
  const stopped = scripted(new Error("503"), new Error("503"));
  const done = deletePod(pod, { ...stopped.options, isOver: () => over });
  await stopped.clock.advance(10);
  over = true;
  await stopped.clock.advance(250);
  await done;
  assert.equal(stopped.calls.length, 1);
});
