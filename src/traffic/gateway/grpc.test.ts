import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { EchoClient, type Outcome, echoServer, readAll } from "./fixtures/grpc-echo.ts";
import { type GatewayWorld, backend, gatewayWorld, route, setInstances, until } from "./fixtures/gateway-world.ts";
import type { RevisionOptions } from "./fixtures/objects.ts";

async function world(ports: readonly number[], options: RevisionOptions = {}): Promise<GatewayWorld> {
  const made = await gatewayWorld();
  route(made.world, { portName: "h2c", ...options });
  setInstances(made.world, ports);
  return made;
}

const gist = ({ code, messages }: Outcome) => [status[code], messages];

test("gRPC: unary, client stream, server stream and both at once, with metadata both ways", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const metadata = new Metadata();
  metadata.set("tenant", "blue");
  metadata.set("trace-bin", Buffer.from([0, 1, 255]));
  const unary = await client.unary("hello", { metadata });
  assert.deepEqual([gist(unary), unary.trailers.get("ended-by")], [["OK", ["hello"]], ["server"]]);
  assert.deepEqual([app.seen.metadata?.get("tenant"), app.seen.metadata?.get("trace-bin")], [["blue"], [Buffer.from([0, 1, 255])]]);
  assert.deepEqual(gist(await client.collect(["a", "b", "c"])), ["OK", ["abc"]]);
  const repeated = await readAll(client.repeat(100, 3));
  assert.deepEqual([status[repeated.code], repeated.messages.length, repeated.messages[99]], ["OK", 100, "rrr"]);
  const talk = client.talk();
  const answers = readAll(talk);
  for (const word of ["one", "two"]) {
    talk.write(Buffer.from(word));
    await once(talk, "data"); // an answer before the request has ended
  }
  talk.end();
  assert.deepEqual(gist(await answers), ["OK", ["one", "two"]]);
});

test("gRPC: a server's error without messages arrives with its code and text", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const failed = await client.unary("fail");
  assert.deepEqual([status[failed.code], failed.details], ["FAILED_PRECONDITION", "not in this state: größer"]);
});

test("gRPC: a server that has said enough ends the call although the client goes on", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const talk = client.talk();
  const answers = readAll(talk);
  talk.write(Buffer.from("enough"));
  assert.deepEqual(gist(await answers), ["OK", []]);
});

test("gRPC: a deadline that passes at the client cancels the call at the instance", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  assert.equal(status[(await client.unary("hang", { deadlineMs: 200 })).code], "DEADLINE_EXCEEDED");
  await until(() => app.seen.cancelled === 1, "the instance to hear of it");
});

test("gRPC: a stream that the client cancels ends at the instance, and others go on", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const [kept, dropped] = [client.talk(), client.talk()];
  const keptAnswers = readAll(kept);
  const droppedAnswers = readAll(dropped);
  dropped.write(Buffer.from("x"));
  await once(dropped, "data");
  dropped.cancel();
  assert.equal(status[(await droppedAnswers).code], "CANCELLED");
  await until(() => app.seen.cancelled === 1, "the instance to hear of it");
  kept.write(Buffer.from("still here"));
  kept.end();
  assert.deepEqual(gist(await keptAnswers), ["OK", ["still here"]]);
});

test("gRPC: a reader that stops holds its server back, and nobody else", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const slow = client.repeat(500, 64 * 1024); // 32 MB
  slow.on("error", () => {});
  await once(slow, "data");
  slow.pause();
  const before = process.memoryUsage.rss();
  const quick = await Promise.all(Array.from({ length: 50 }, (_, n) => client.unary(`${n}`)));
  assert.ok(quick.every(({ code }) => code === status.OK));
  assert.ok(process.memoryUsage.rss() - before < 24 * 1024 * 1024);
  const rest = readAll(slow);
  slow.resume();
  assert.deepEqual([status[(await rest).code], (await rest).messages.length], ["OK", 499]);
});

test("gRPC: what the gateway itself refuses has a status and names the request", async () => {
  await using gateway = await gatewayWorld();
  using client = new EchoClient(gateway.port);
  const unrouted = await client.unary("x");
  assert.equal(status[unrouted.code], "UNIMPLEMENTED");
  assert.match(unrouted.details, /^no route for this host and path \(request [\w-]+\)$/);
  assert.match(String(unrouted.trailers.get("kinetic-error")), /^gateway; reason=NoRoute; request-id=[\w-]+$/);
});

test("gRPC: a revision that fails to start is UNAVAILABLE with the cause", async () => {
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c", failing: { reason: "CrashLoopBackOff", message: 'no database: "x"\nleft' } });
  using client = new EchoClient(gateway.port);
  const failed = await client.unary("x");
  assert.equal(status[failed.code], "UNAVAILABLE");
  assert.match(failed.details, /^Revision failed to start: CrashLoopBackOff: no database: "x"\nleft \(request /);
});

test("gRPC: timeoutSeconds is DEADLINE_EXCEEDED before the answer, and at the end of one that has begun", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port], { timeoutSeconds: 1 });
  using client = new EchoClient(gateway.port);
  const talk = client.talk();
  const answers = readAll(talk);
  talk.write(Buffer.from("begun"));
  const [silent, begun] = await Promise.all([client.unary("hang"), answers]);
  for (const outcome of [silent, begun]) {
    assert.equal(status[outcome.code], "DEADLINE_EXCEEDED");
    assert.match(outcome.details, /^request timeout \(request /);
  }
  assert.deepEqual(begun.messages, ["begun"]);
});

test("gRPC: an instance that dies in the middle of an answer is UNAVAILABLE", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port]);
  using client = new EchoClient(gateway.port);
  const talk = client.talk();
  const answers = readAll(talk);
  talk.write(Buffer.from("begun"));
  await once(talk, "data");
  const { server } = app;
  server.forceShutdown();
  const { code } = await answers;
  assert.ok([status.UNAVAILABLE, status.CANCELLED].includes(code), status[code]); // its own reset, or the connection's end
});

test("gRPC: an instance that refuses the connection costs nothing: the call waits until one listens", async () => {
  const gone = await echoServer();
  await gone[Symbol.asyncDispose]();
  await using gateway = await world([gone.port]);
  using client = new EchoClient(gateway.port);
  const early = client.unary("early");
  await using app = await echoServer();
  setInstances(gateway.world, [app.port]);
  assert.deepEqual(gist(await early), ["OK", ["early"]]);
});

test("gRPC: containerConcurrency counts every call", async () => {
  await using app = await echoServer();
  await using gateway = await world([app.port], { containerConcurrency: 1 });
  using client = new EchoClient(gateway.port);
  const talk = client.talk();
  const answers = readAll(talk);
  talk.write(Buffer.from("x"));
  await once(talk, "data");
  const waiting = client.unary("second");
  await until(() => gateway.reports.some((report) => (report.stats[0]?.queued ?? 0) === 1), "the second call to wait");
  assert.equal(app.seen.calls, 1);
  talk.end();
  assert.deepEqual(
    [gist(await answers), gist(await waiting)],
    [
      ["OK", ["x"]],
      ["OK", ["second"]],
    ],
  );
});

test("an HTTP/1.1 instance that breaks off is UNAVAILABLE for a gRPC client and 502 for others", async () => {
  await using app = await backend((request) => request.socket.destroy());
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using client = new EchoClient(gateway.port);
  const failed = await client.unary("x");
  assert.deepEqual([status[failed.code], failed.details.split(":")[0]], ["UNAVAILABLE", "the instance failed before it answered"]);
});

/** An h2c server that treats each stream by hand. */
async function h2cServer(onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void, settings = {}) {
  const server = createServer({ settings });
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => void sessions.add(session));
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    onStream(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { port: (server.address() as { port: number }).port, sessions, [Symbol.asyncDispose]: stop };
}

test("the code with which an instance resets a stream reaches the client", async () => {
  await using app = await h2cServer((stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => {}); // else node:http2 ends the stream before it resets it
    stream.write("begun");
    setImmediate(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM));
  });
  await using gateway = await world([app.port]);
  const session = connect(`http://127.0.0.1:${gateway.port}`);
  const stream = session.request({ ":authority": "app.example.com", ":path": "/" });
  stream.on("error", () => {}).resume();
  await new Promise<void>((resolve) => void stream.once("close", resolve));
  assert.equal(stream.rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  session.destroy();
});

test("streams that never end do not hold up others: an instance's limit of streams opens another session", async () => {
  const held: ServerHttp2Stream[] = [];
  const hold = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.respond({ ":status": 200 });
    stream.write("begun");
    if (headers[":path"] === "/hold") held.push(stream);
    else stream.end("quick");
  };
  await using app = await h2cServer(hold, { maxConcurrentStreams: 2 });
  await using gateway = await world([app.port]);
  const session = connect(`http://127.0.0.1:${gateway.port}`);
  const ask = (path: string) => session.request({ ":authority": "app.example.com", ":path": path });
  const warm = ask("/").resume();
  await once(warm, "end"); // the gateway knows the limit
  for (let n = 0; n < 5; n++)
    await once(
      ask("/hold").on("error", () => {}),
      "data",
    );
  await once(ask("/").resume(), "end");
  assert.deepEqual([held.length, app.sessions.size], [5, 3]);
  session.destroy();
  await until(() => held.every((stream) => stream.closed), "the instance to hear that they are gone");
});

test("an instance that says GOAWAY loses no request: what it has not taken goes to a new session", async () => {
  let answers = 0;
  await using app = await h2cServer((stream) => {
    stream.respond({ ":status": 200 });
    stream.end(String(++answers));
    if (answers % 60 === 0) stream.session?.close();
  });
  await using gateway = await world([app.port]);
  const session = connect(`http://127.0.0.1:${gateway.port}`);
  const codes = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const stream = session.request({ ":authority": "app.example.com", ":path": "/", ":method": "POST" }, { endStream: false });
      stream.end("x");
      const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
      await once(stream.resume(), "end");
      return headers[":status"];
    }),
  );
  assert.deepEqual(new Set(codes), new Set([200]));
  assert.equal(answers, 200);
  session.destroy();
});
