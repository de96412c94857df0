import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "faas-js-runtime";
import { handle } from "../src/index.ts";

function context(method: string): Context {
  const log = { info() {}, debug() {} };
  return { method, headers: {}, query: {}, log } as unknown as Context;
}

test("a GET is answered with OK", async () => {
  const answer = await handle(context("GET"));
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers?.["content-type"], "text/plain");
  assert.equal(answer.body, "OK");
});

test("a POST is answered with OK", async () => {
  const answer = await handle(context("POST"), { message: "hello" });
  assert.equal(answer.body, "OK");
});
