/** HTTP/2 clients that mean harm or break: they get an end, their neighbours do not notice. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ManualClock } from "../../testing/clock.ts";
import { ask, backend, gatewayWorld, route, setInstances, until } from "./fixtures/gateway-world.ts";
import { block, FLAG, FRAME, frame, get, Wire, windowSetting } from "./fixtures/http2-wire.ts";
import type { RevisionOptions } from "./fixtures/objects.ts";

const END = FLAG.endStream | FLAG.endHeaders;
const MEGABYTE = 1024 * 1024;

/** Memory of buffers that somebody still holds: what this side has sent and dropped does not count. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers;
}

async function setUp(respond: Parameters<typeof backend>[0], options: RevisionOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const app = stack.use(await backend(respond));
  const gateway = stack.use(await gatewayWorld());
  route(gateway.world, options);
  setInstances(gateway.world, [app.port]);
  const all = stack.move();
  return { app, gateway, port: gateway.port, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

const request = (stream: number, path = "/"): Buffer => frame(FRAME.headers, END, stream, get(path));
const odd = (index: number): number => 2 * index + 1;

/** The gateway still serves others, soon. */
async function neighbourIsServed(port: number): Promise<void> {
  const before = performance.now();
  assert.equal((await ask(port, { path: "/neighbour" })).status, 200);
  assert.ok(performance.now() - before < 2_000);
}

test("rapid reset: a client that opens and resets streams without end is cut off, and what it began is given up", async () => {
  let [begun, open] = [0, 0];
  await using world = await setUp((incoming, response) => {
    if (incoming.url === "/neighbour") return void response.end("ok");
    begun++;
    open++;
    response.on("close", () => open--);
  });
  using wire = await Wire.open(world.port);
  for (let batch = 0; batch < 50 && !wire.closed; batch++) {
    const frames = Array.from({ length: 200 }, (_, n) => {
      const id = odd(batch * 200 + n);
      return [request(id), frame(FRAME.reset, 0, id, Buffer.from([0, 0, 0, 8]))];
    });
    wire.send(...frames.flat());
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  await until(() => wire.closed, "the connection to be closed");
  await neighbourIsServed(world.port);
  await until(() => open === 0, "the instance to hear that nobody waits");
  assert.ok(begun <= 2_000, `${begun} requests reached the instance`);
});

test("a header block that goes on without end is cut off", async () => {
  await using world = await setUp((_request, response) => void response.end("ok"));
  using wire = await Wire.open(world.port);
  wire.send(frame(FRAME.headers, FLAG.endStream, 1, get()));
  const more = frame(FRAME.continuation, 0, 1, block([["x-more", "y".repeat(1_000)]]));
  const before = process.memoryUsage.rss();
  for (let n = 0; n < 2_000 && !wire.closed; n++) {
    wire.send(more, more, more, more);
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  await until(() => wire.closed, "the connection to be closed");
  assert.ok(process.memoryUsage.rss() - before < 64 * MEGABYTE);
  await neighbourIsServed(world.port);
});

test("fields that are too many or too large end their stream and no other", async () => {
  const reached: string[] = [];
  await using world = await setUp((incoming, response) => {
    reached.push(incoming.url ?? "");
    response.end("ok");
  });
  using wire = await Wire.open(world.port);
  const many = Array.from({ length: 300 }, (_, n) => [`x-${n}`, "v"] as const);
  const large = Array.from({ length: 10 }, (_, n) => [`x-${n}`, "v".repeat(8_000)] as const);
  for (const [index, fields] of [many, large].entries()) {
    const head = Buffer.concat([get("/refused"), block(fields)]);
    const parts = Array.from({ length: Math.ceil(head.length / 16_000) }, (_, n) => head.subarray(n * 16_000, (n + 1) * 16_000));
    const flags = (n: number) => (n === 0 ? FLAG.endStream : 0) | (n === parts.length - 1 ? FLAG.endHeaders : 0);
    wire.send(...parts.map((part, n) => frame(n === 0 ? FRAME.headers : FRAME.continuation, flags(n), odd(index), part)));
  }
  wire.send(request(odd(2), "/fine"));
  await until(() => wire.of(FRAME.data, odd(2)).length > 0, "the answer of the third");
  assert.deepEqual([wire.resetCode(1) !== undefined, wire.resetCode(3) !== undefined, reached], [true, true, ["/fine"]]);
});

test("a client that never opens its window holds its own answers back, in little memory, until timeoutSeconds", async () => {
  let open = 0;
  const large = Buffer.alloc(4 * MEGABYTE);
  await using world = await setUp(
    (incoming, response) => {
      if (incoming.url === "/neighbour") return void response.end("ok");
      open++;
      response.on("close", () => open--);
      response.end(large);
    },
    { timeoutSeconds: 2 },
  );
  using wire = await Wire.open(world.port, windowSetting(0));
  const before = process.memoryUsage.rss();
  wire.send(...Array.from({ length: 100 }, (_, n) => request(odd(n))));
  await until(() => wire.frames.filter(({ type }) => type === FRAME.headers).length === 100, "a hundred answers to begin");
  await neighbourIsServed(world.port);
  assert.ok(process.memoryUsage.rss() - before < 200 * MEGABYTE, "of 400 MB");
  await until(() => wire.resetCode(odd(99)) !== undefined && open === 0, "the end of all", 6_000);
});

test("an answer that is complete but not read is given up after half a minute", async () => {
  const clock = new ManualClock();
  await using app = await backend((_request, response) => void response.end("unread"));
  await using gateway = await gatewayWorld({ clock, drainMs: 0 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using wire = await Wire.open(gateway.port, windowSetting(0));
  wire.send(request(1));
  await until(() => wire.of(FRAME.headers, 1).length > 0, "the head");
  await clock.advance(20_000);
  assert.equal(wire.resetCode(1), undefined);
  await clock.advance(15_000);
  await until(() => wire.resetCode(1) === constants.NGHTTP2_CANCEL, "the stream to be given up");
});

test("a request that never ends is over when its answer is", async () => {
  const clock = new ManualClock();
  await using app = await backend((_request, response) => void response.end("enough"));
  await using gateway = await gatewayWorld({ clock, drainMs: 0 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using wire = await Wire.open(gateway.port);
  wire.send(frame(FRAME.headers, FLAG.endHeaders, 1, get("/", "POST")), frame(FRAME.data, 0, 1, Buffer.from("begun")));
  await until(() => wire.frames.some(({ type, flags }) => type === FRAME.data && (flags & FLAG.endStream) > 0), "the answer");
  await clock.advance(2_000);
  await until(() => wire.resetCode(1) === constants.NGHTTP2_NO_ERROR, "the client to hear that the rest is not wanted");
});

test("an instance that does not read bounds what its clients can send: a window for each stream", async () => {
  await using world = await setUp((incoming, response) => {
    if (incoming.url === "/neighbour") response.end("ok");
    else incoming.pause();
  });
  using wire = await Wire.open(world.port);
  const before = heldBytes();
  const ids = [1, 3, 5, 7];
  const part = (id: number) => frame(FRAME.data, 0, id, Buffer.alloc(16_000));
  wire.send(...ids.map((id) => frame(FRAME.headers, FLAG.endHeaders, id, get("/", "POST"))));
  for (let round = 0; round < 1_500 && !wire.closed; round++) {
    wire.send(...ids.map(part)); // 96 MB in all, against every window; the system's buffers take some
    await until(() => wire.closed || wire.socket.writableLength < MEGABYTE, "what was sent to leave this side");
  }
  await neighbourIsServed(world.port);
  await until(() => heldBytes() - before < 16 * MEGABYTE, "the memory of what was refused");
  await until(() => wire.closed || ids.every((id) => wire.resetCode(id) !== undefined), "the flood to be refused");
});

test("pings that nobody reads the answers of end the connection, in little memory", async () => {
  await using world = await setUp((_request, response) => void response.end("ok"));
  using wire = await Wire.open(world.port);
  wire.socket.pause();
  const pings = Buffer.concat(Array.from({ length: 1_000 }, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))));
  const before = process.memoryUsage.rss();
  let [sent, broken] = [0, false];
  wire.socket.on("error", () => (broken = true));
  while (sent < 5_000 && !broken) {
    wire.socket.write(pings);
    sent++;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    if (wire.socket.writableLength > 4 * MEGABYTE) break; // the gateway has stopped reading
  }
  await neighbourIsServed(world.port);
  assert.ok(process.memoryUsage.rss() - before < 100 * MEGABYTE);
});

test("requests that are none are refused one by one", async () => {
  await using world = await setUp((_request, response) => void response.end("ok"));
  using wire = await Wire.open(world.port);
  const authority = [":authority", "app.example.com"] as const;
  const bad = [
    block([[":method", "GET"], [":scheme", "http"], authority, [":path", "no/slash"]]),
    block([
      [":method", "GET"],
      [":scheme", "http"],
      [":authority", "a b"],
      [":path", "/"],
    ]),
    Buffer.concat([get(), block([["connection", "close"]])]),
    Buffer.concat([get(), block([["Upper", "case"]])]),
    Buffer.concat([get(), block([["content-length", "12"]])]),
  ];
  wire.send(...bad.map((head, index) => frame(FRAME.headers, END, odd(index), head)));
  wire.send(request(odd(bad.length)));
  await until(() => wire.of(FRAME.data, odd(bad.length)).length > 0, "the request that is one");
  assert.deepEqual(
    bad.map((_, index) => wire.resetCode(odd(index))),
    bad.map(() => constants.NGHTTP2_PROTOCOL_ERROR),
  );
});

test("a tunnel to anywhere is 405 and a target that is too long 414, each with the id of its request", async () => {
  await using world = await setUp((_request, response) => void response.end("ok"));
  using session = Object.assign(connect(`http://127.0.0.1:${world.port}`), { [Symbol.dispose]: () => session.destroy() });
  const asked = [
    [{ ":method": "CONNECT", ":authority": "app.example.com:80" }, 405],
    [{ ":authority": "app.example.com", ":path": `/${"a".repeat(20_000)}`, "x-request-id": "mine" }, 414],
  ] as const;
  for (const [fields, status] of asked) {
    const stream = session.request(fields);
    const [headers] = (await once(stream.resume(), "response")) as [IncomingHttpHeaders];
    const id = String(headers["x-request-id"]);
    assert.deepEqual([headers[":status"], headers["kinetic-error"]], [status, `gateway; reason=MalformedRequest; request-id=${id}`]);
    assert.ok(status === 405 || id === "mine");
  }
});

test("a stop that is cut short resets what has not ended: no client takes it for complete", async () => {
  await using app = await backend((_request, response) => void response.write("begun"));
  const gateway = await gatewayWorld({ drainMs: 100 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using wire = await Wire.open(gateway.port);
  wire.send(request(1));
  await until(() => wire.of(FRAME.data, 1).length > 0, "the answer to begin");
  await gateway[Symbol.asyncDispose]();
  await until(() => wire.closed, "the connection to be closed");
  assert.ok(wire.of(FRAME.data, 1).every(({ flags }) => (flags & FLAG.endStream) === 0));
});

test("bytes that are no frames end their connection", async () => {
  await using world = await setUp((_request, response) => void response.end("ok"));
  for (const bytes of [
    Buffer.alloc(64, 0xff),
    Buffer.from("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n"),
    frame(FRAME.headers, END, 1, Buffer.alloc(20, 0xff)),
  ]) {
    using wire = await Wire.open(world.port);
    wire.send(bytes);
    await until(() => wire.closed, "the connection to be closed");
  }
  await neighbourIsServed(world.port);
});

test("a client that goes without a word ends its requests at the instance", async () => {
  let open = 0;
  await using world = await setUp((incoming, response) => {
    open++;
    response.on("close", () => open--);
    incoming.on("error", () => {});
  });
  using wire = await Wire.open(world.port);
  wire.send(request(1), frame(FRAME.headers, FLAG.endHeaders, 3, get("/", "POST")));
  await until(() => open === 2, "both requests to arrive");
  wire.socket.end();
  await until(() => open === 0, "the instance to hear of it");
});

test("an answer that breaks off is reset, never ended", async () => {
  await using world = await setUp((_request, response) => {
    response.write("begun");
    setImmediate(() => response.destroy());
  });
  using wire = await Wire.open(world.port);
  wire.send(request(1));
  await until(() => wire.resetCode(1) !== undefined, "the reset");
  assert.equal(wire.resetCode(1), constants.NGHTTP2_INTERNAL_ERROR);
  assert.ok(wire.frames.every(({ stream, flags, type }) => stream !== 1 || type === FRAME.reset || (flags & FLAG.endStream) === 0));
});

test("a request that breaks off is reset at the instance, never ended", async () => {
  const seen: string[] = [];
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {}).resume();
    stream.on("end", () => seen.push(stream.rstCode === 0 && !stream.aborted ? "ended" : "cut"));
    stream.on("aborted", () => seen.push("aborted"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [(server.address() as { port: number }).port]);
  using wire = await Wire.open(gateway.port);
  wire.send(frame(FRAME.headers, FLAG.endHeaders, 1, get("/", "POST")), frame(FRAME.data, 0, 1, Buffer.from("half a message")));
  await new Promise<void>((resolve) => void server.once("stream", () => resolve()));
  wire.send(frame(FRAME.reset, 0, 1, Buffer.from([0, 0, 0, 8])));
  await until(() => seen.length > 0, "the instance to hear of it");
  assert.ok(!seen.includes("ended"), seen.join());
  server.close();
});

test("more requests than a listener carries are refused as not begun", async () => {
  await using app = await backend((incoming, response) => void (incoming.url === "/hold" || response.end("ok")));
  await using gateway = await gatewayWorld({ maxConnections: 10 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using wire = await Wire.open(gateway.port);
  wire.send(...Array.from({ length: 11 }, (_, n) => request(odd(n), "/hold")));
  await until(() => wire.resetCode(odd(10)) === constants.NGHTTP2_REFUSED_STREAM, "the eleventh to be refused");
  assert.equal(wire.frames.filter(({ type }) => type === FRAME.reset).length, 1);
});

test("a stop lets running requests end, and says which request was the last that is served", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let arrived = 0;
  await using app = await backend(async (_request, response) => {
    arrived++;
    await held;
    response.end("ended in peace");
  });
  const gateway = await gatewayWorld({ drainMs: 3_000 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using wire = await Wire.open(gateway.port);
  wire.send(request(1));
  await until(() => arrived === 1, "the request to arrive");
  const stopped = gateway[Symbol.asyncDispose]();
  await until(() => wire.of(FRAME.goaway, 0).length === 1, "the GOAWAY");
  wire.send(request(3)); // it was on its way
  const [goaway] = wire.of(FRAME.goaway, 0).map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)]);
  assert.deepEqual(goaway, [1, constants.NGHTTP2_NO_ERROR]);
  release();
  await stopped;
  await until(() => wire.closed, "the connection to be closed");
  assert.equal(Buffer.concat(wire.of(FRAME.data, 1).map(({ payload }) => payload)).toString(), "ended in peace");
  assert.equal(arrived, 1);
});
