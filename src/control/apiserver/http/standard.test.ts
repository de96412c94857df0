import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../api/meta/errors.ts";
import { BODY_LIMIT } from "../negotiation/body.ts";
import { textReply, withWarnings } from "./respond.ts";
import { fromRequest, fromResponse, toRequest, toResponse } from "./standard.ts";

const POST = { method: "POST", headers: { "Content-Type": "application/json", "X-A": "1" } };

test("a Request keeps method, path, query, headers and body there and back", async () => {
  const read = await fromRequest(new Request("https://api:6443/a/b?c=d%20e", { ...POST, body: '{"a":1}' }));
  assert.equal(read.target, "/a/b?c=d%20e");
  assert.equal(read.headers["host"], "api:6443");
  const again = toRequest(read);
  assert.equal(again.url, "https://api:6443/a/b?c=d%20e");
  assert.equal(again.headers.get("x-a"), "1");
  assert.deepEqual(await again.json(), { a: 1 });
});

test("a body over the limit is refused before anybody decodes it", async () => {
  const long = new Request("https://api/", { ...POST, body: "x".repeat(BODY_LIMIT + 1) });
  await assert.rejects(fromRequest(long), (error) => error instanceof ApiError && error.code === 413);
});

test("a Response has the length of its text and one header a warning", async () => {
  const response = toResponse(withWarnings(textReply("grüße", "text/plain"), ["one", 'two "2"', "one"]));
  assert.equal(response.headers.get("content-length"), "7");
  assert.equal(response.headers.get("warning"), '299 - "one", 299 - "two \\"2\\""');
  const stream = fromResponse(response).body;
  assert.equal(stream.kind === "stream" && (await new Response(stream.stream).text()), "grüße");
});
