const assert = require("node:assert/strict");
const { test } = require("node:test");
const { handle } = require("..");

const log = { info() {}, debug() {} };

test("a GET is answered with OK", async () => {
  const answer = await handle({ method: "GET", headers: {}, query: {}, log });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["content-type"], "text/plain");
  assert.equal(answer.body, "OK");
});

test("a POST is answered with OK", async () => {
  const body = { message: "hello" };
  const answer = await handle({ method: "POST", headers: {}, query: {}, body, log }, body);
  assert.equal(answer.body, "OK");
});
