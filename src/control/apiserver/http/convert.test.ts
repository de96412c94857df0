import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { readMessage } from "./convert.ts";

const OPTIONS = { limit: 8, signal: undefined };

function incoming(url = "/a", method = "POST"): IncomingMessage & PassThrough {
  return Object.assign(new PassThrough(), { url, method, headers: { host: "api" } }) as unknown as IncomingMessage & PassThrough;
}

test("a body in parts is read whole; one over the limit is not kept", async () => {
  const message = incoming();
  const reading = readMessage(message, OPTIONS);
  message.write("1234");
  message.end("5678");
  const read = await reading;
  assert.ok(read.kind === "request" && read.request.body.kind === "bytes");
  assert.equal(Buffer.from(read.request.body.bytes).toString(), "12345678");
  const long = incoming();
  long.end("123456789");
  assert.equal((await readMessage(long, OPTIONS)).kind, "tooLarge");
});

test("a client that leaves before the end of its body is waited for no longer", async () => {
  const message = incoming();
  const reading = readMessage(message, OPTIONS);
  message.write("1234");
  message.destroy();
  assert.equal((await reading).kind, "gone");
  assert.equal((await readMessage(message, OPTIONS)).kind, "gone");
});

test("a GET has no body to wait for", async () => {
  const read = await readMessage(incoming("/a?b=c", "GET"), OPTIONS);
  assert.ok(read.kind === "request");
  assert.deepEqual([read.request.target, read.request.body], ["/a?b=c", { kind: "none" }]);
});
