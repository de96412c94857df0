import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { announceInstance, instances } from "../run/instances.ts";
import { InvocationError, makeInvocation, type InvocationInput } from "./invocation.ts";
import { printEvent } from "./print-event.ts";

const data = new TextEncoder().encode('{"a":1}');
const INPUT: InvocationInput = {
  format: "http",
  data,
  contentType: "application/json",
  requestType: "POST",
  id: "1",
  source: "/boson/fn",
  type: "boson.fn",
  extensions: [],
};

test("invoke: http is the data, a cloudevent its binary form", () => {
  assert.deepEqual(makeInvocation(INPUT), { method: "POST", headers: { "content-type": "application/json" }, body: data });
  assert.deepEqual(makeInvocation({ ...INPUT, requestType: "get" }), { method: "GET", headers: {} });
  assert.deepEqual(makeInvocation({ ...INPUT, format: "cloudevents", extensions: ["team=a b"] }), {
    method: "POST",
    headers: {
      "ce-specversion": "1.0",
      "ce-id": "1",
      "ce-source": "/boson/fn",
      "ce-type": "boson.fn",
      "ce-team": "a%20b",
      "content-type": "application/json",
    },
    body: data,
  });
});

test("invoke: what cannot be is refused before anything is sent", () => {
  const rows: readonly [Partial<InvocationInput>, RegExp][] = [
    [{ format: "xml" }, /^--format must be http or cloudevent, not "xml"$/],
    [{ requestType: "PUT" }, /^--request-type must be POST or GET/],
    [{ contentType: "json" }, /^--content-type must be a media type/],
    [{ extensions: ["a=b"] }, /--extension is for events/],
    [{ format: "cloudevent", requestType: "GET" }, /an event is sent with POST/],
    [{ format: "cloudevent", extensions: ["a"] }, /--extension must be NAME=VALUE, not "a"/],
    [{ format: "cloudevent", extensions: ["id=2"] }, /--extension id: that attribute has a flag/],
    [{ format: "cloudevent", extensions: ["Bad-Name=2"] }, /no valid event: attribute name "Bad-Name"/],
    [{ format: "cloudevent", source: "" }, /no valid event: the required attribute source/],
  ];
  for (const [more, message] of rows) {
    assert.throws(
      () => makeInvocation({ ...INPUT, ...more }),
      (error) => error instanceof InvocationError && message.test(error.message),
      JSON.stringify(more),
    );
  }
});

test("invoke: an event that comes back is printed for people", () => {
  const attributes = {
    specversion: "1.0",
    type: "function.response",
    source: "function",
    id: "2",
    datacontenttype: "application/json",
    team: "a",
  };
  const text = printEvent({ attributes, data });
  assert.equal(
    text,
    `Context Attributes,
  specversion: 1.0
  type: function.response
  source: function
  id: 2
  datacontenttype: application/json
Extensions,
  team: a
Data,
  {
    "a": 1
  }
`,
  );
});

test("run: instances are known while their command lives", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "kinetic-runs-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  assert.deepEqual(await instances(root), []);
  const instance = { port: 8080, host: "127.0.0.1", pid: process.pid };
  {
    await using _ = await announceInstance(root, instance);
    await writeFile(join(root, ".func/runs/8081"), JSON.stringify({ port: 8081, host: "127.0.0.1", pid: 2 ** 22 + 1 }));
    await writeFile(join(root, ".func/runs/8082"), "{half");
    assert.deepEqual(await instances(root), [instance]);
  }
  assert.deepEqual(await instances(root), []);
});
