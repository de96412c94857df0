import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { CloudEvent } from "cloudevents";
import { functionIn } from "./function-module.ts";
import { runFunction } from "./run.ts";
import type { Context, FunctionModule } from "./types.ts";

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const lines: string[] = [];

async function serve(t: TestContext, module: FunctionModule, env: Record<string, string> = {}): Promise<(asked?: Asked) => Promise<Said>> {
  const running = await runFunction(module, {
    env: { LISTEN_ADDRESS: "127.0.0.1:8080", PORT: "0", ...env },
    write: (line) => lines.push(line),
  });
  t.after(() => running.stop());
  return (asked) => ask(running.port, asked);
}

async function ask(port: number, { method = "GET", path = "/", headers = {}, body }: Asked = {}): Promise<Said> {
  const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

const EVENT = { "ce-id": "1", "ce-source": "/s", "ce-type": "t", "ce-specversion": "1.0", "content-type": "application/json" };

test("what a function returns becomes the answer", async (t) => {
  const rows: readonly [returned: unknown, status: number, type: string | undefined, body: string][] = [
    [undefined, 204, undefined, ""],
    [null, 204, undefined, ""],
    ["", 204, undefined, ""],
    ["hi", 200, "text/plain; charset=utf-8", "hi"],
    [{ a: 1 }, 200, "application/json; charset=utf-8", '{"a":1}'],
    [[1], 200, "application/json; charset=utf-8", "[1]"],
    [{ statusCode: 201, body: "made" }, 201, "text/plain; charset=utf-8", "made"],
    [{ statusCode: 202 }, 202, undefined, ""],
    [{ headers: { "Content-Type": "text/html" }, body: "<b>" }, 200, "text/html", "<b>"],
    [{ body: { a: 1 } }, 200, "application/json; charset=utf-8", '{"a":1}'],
    [Buffer.from("raw"), 200, "application/octet-stream", "raw"],
    [{ headers: { "content-type": "text/event-stream" }, body: Readable.from(["a", "b"]) }, 200, "text/event-stream", "ab"],
  ];
  let next: unknown;
  const get = await serve(t, { handle: () => next });
  for (const [returned, status, type, body] of rows) {
    next = returned;
    const said = await get({ method: "POST" });
    assert.deepEqual([said.status, said.headers["content-type"], said.body], [status, type, body]);
    assert.equal(said.headers["access-control-allow-origin"], "*");
  }
});

test("the context tells about the request, on every path", async (t) => {
  let seen: Context | undefined;
  let input: unknown;
  const get = await serve(t, { handle: (context, body) => void ([seen, input] = [context, body]) });
  const headers = { "content-type": "application/json; charset=utf-8" };
  await get({ method: "PUT", path: "/a/b?x=1&y=2&y=3&log=no", headers, body: '{"n":1}' });
  assert.deepEqual(
    [seen?.method, seen?.url, seen?.contentType, seen?.httpVersion],
    ["PUT", "/a/b?x=1&y=2&y=3&log=no", "application/json", "1.1"],
  );
  assert.deepEqual([seen?.query, (seen as unknown as { x: string }).x], [{ x: "1", y: ["2", "3"], log: "no" }, "1"]);
  assert.equal(typeof seen?.log.info, "function");
  assert.deepEqual([seen?.body, seen?.rawBody, input], [{ n: 1 }, '{"n":1}', { n: 1 }]);
  await get({ method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=1&b=ä" });
  assert.deepEqual({ ...(input as object) }, { a: "1", b: "ä" });
  await get({ method: "POST", headers: { "content-type": "application/octet-stream" }, body: Buffer.from([0, 255]) });
  assert.deepEqual(input, Buffer.from([0, 255]));
});

test("errors: the status of the error, 500 without; bad JSON 400, too large a body 413", async (t) => {
  let error: unknown;
  const handle = () => {
    throw error;
  };
  const get = await serve(t, { handle }, { FUNC_BODY_LIMIT: "10" });
  for (const [fields, status] of [
    [{ code: 451 }, 451],
    [{ statusCode: 422 }, 422],
    [{ code: "ENOENT" }, 500],
    [{}, 500],
  ] as const) {
    error = Object.assign(new Error("no luck"), fields);
    const said = await get();
    assert.deepEqual([said.status, said.body], [status, "no luck"]);
    assert.match(said.headers["content-type"] ?? "", /^text\/plain/);
  }
  assert.match(lines.join(""), /"msg":"Error processing user function"/);
  assert.equal((await get({ method: "POST", headers: { "content-type": "application/json" }, body: "{" })).status, 400);
  assert.equal((await get({ method: "POST", body: "x".repeat(11) })).status, 413);
});

test("an event comes as an object of the SDK, in binary and in structured mode, and goes out in binary mode", async (t) => {
  const seen: CloudEvent<unknown>[] = [];
  const handle = (context: Context, event?: unknown) => {
    seen.push(event as CloudEvent<unknown>);
    assert.equal(context.cloudevent, event);
    return context.cloudEventResponse({ message: "OK" }).source("function").type("function.response").response();
  };
  const get = await serve(t, { handle });
  const structured = JSON.stringify({ specversion: "1.0", id: "2", source: "/s", type: "t", data: { a: 1 } });
  for (const asked of [
    { headers: EVENT, body: '{"a":1}' },
    { headers: { "content-type": "application/cloudevents+json; charset=utf-8" }, body: structured },
  ]) {
    const said = await get({ method: "POST", ...asked });
    assert.deepEqual(
      [said.status, said.body, said.headers["ce-type"], said.headers["ce-source"]],
      [200, '{"message":"OK"}', "function.response", "function"],
    );
    assert.match(said.headers["content-type"] ?? "", /^application\/json/);
  }
  assert.ok(seen[0] instanceof CloudEvent);
  assert.deepEqual(
    seen.map(({ id, data }) => [id, data]),
    [
      ["1", { a: 1 }],
      ["2", { a: 1 }],
    ],
  );
});

test("an event of an unknown version is 406, a broken one 400, a batch 415", async (t) => {
  const get = await serve(t, { handle: () => "reached" });
  const status = async (headers: Record<string, string>, body: string) => (await get({ method: "POST", headers, body })).status;
  assert.equal(await status({ ...EVENT, "ce-specversion": "11.0" }, "{}"), 406);
  assert.equal(await status({ "content-type": "application/cloudevents+json" }, '{"specversion":"0.1"}'), 406);
  assert.equal(await status({ "content-type": "application/cloudevents+json" }, "{"), 400);
  const { "ce-type": _type, ...incomplete } = EVENT;
  assert.equal(await status(incomplete, "{}"), 400);
  assert.equal(await status({ "content-type": "application/cloudevents-batch+json" }, "[]"), 415);
});

test("health: OK by default, at other addresses by the environment or a path, by hooks", async (t) => {
  const plain = await serve(t, { handle: () => "function" }, { LIVENESS_URL: "/live" });
  assert.deepEqual([(await plain({ path: "/health/readiness" })).body, (await plain({ path: "/live" })).body], ["OK", "OK"]);
  assert.equal((await plain({ path: "/health/liveness" })).body, "function");
  const readiness = Object.assign(() => ({ statusCode: 503, body: "warming up" }), { path: "/rdy" });
  const own = await serve(t, { handle: () => "function", readiness, alive: () => [false, "worn out"] });
  assert.deepEqual([(await own({ path: "/rdy" })).status, (await own({ path: "/rdy" })).body], [503, "warming up"]);
  const live = await own({ path: "/health/liveness" });
  assert.deepEqual([live.status, live.body], [503, "worn out"]);
});

test("start comes before the first request, stop after the last", async () => {
  const order: string[] = [];
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const module: FunctionModule = {
    init: () => void order.push("init"),
    start: async (env) => void order.push(`start ${env["NAME"]}`),
    handle: async () => {
      begun.resolve();
      await finish.promise;
      order.push("request");
      return "done";
    },
    stop: async () => void order.push("stop"),
    shutdown: () => void order.push("shutdown"),
  };
  const env = { PORT: "0", LISTEN_ADDRESS: "127.0.0.1:1", NAME: "x" };
  const running = await runFunction(module, { env, write: () => {} });
  const answer = ask(running.port);
  await begun.promise;
  const stopped = running.stop();
  finish.resolve();
  assert.equal((await answer).body, "done");
  await stopped;
  assert.deepEqual(order, ["init", "start x", "request", "stop", "shutdown"]);
});

test("OPTIONS is answered for browsers; origins can be limited; only / on request", async (t) => {
  const get = await serve(t, { handle: () => "x", cors: () => ["https://a.example"] }, { FUNC_ALL_PATHS: "false" });
  const options = await get({ method: "OPTIONS", headers: { origin: "https://a.example" } });
  assert.deepEqual([options.status, options.headers["access-control-allow-origin"]], [204, "https://a.example"]);
  assert.equal((await get({ headers: { origin: "https://b.example" } })).headers["access-control-allow-origin"], undefined);
  assert.equal((await get({ path: "/other" })).status, 404);
});

test("the forms of a module", () => {
  const handle = () => "x";
  for (const form of [{ handle }, { default: { handle } }, handle, { default: handle }, { default: { default: handle } }])
    assert.equal(functionIn(form).handle, handle);
  assert.throws(() => functionIn({ handler: handle }), /exports no handle; it exports handler/);
});
