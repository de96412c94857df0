import assert from "node:assert/strict";
import { once } from "node:events";
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { test } from "node:test";
import { ask, backend, gatewayWorld, raw, route, setInstances, textOf, until } from "./fixtures/gateway-world.ts";

/** A gRPC-like server: echoes the body and ends with a trailer. */
async function h2cBackend() {
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on("session", (session) => void sessions.add(session));
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "x-path": headers[":path"], "x-authority": headers[":authority"] }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.pipe(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const stop = () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { port, [Symbol.dispose]: stop };
}

interface H2Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly body: string;
}

async function h2ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<H2Answer> {
  const stream = session.request({ ":authority": "app.example.com", ...headers }, { endStream: body === undefined });
  let trailers: IncomingHttpHeaders | undefined;
  stream.on("trailers", (fields) => (trailers = fields));
  if (body !== undefined) stream.end(body);
  const [response] = (await once(stream, "response")) as [IncomingHttpHeaders];
  return { headers: response, body: await textOf(stream), trailers };
}

async function session(port: number): Promise<ClientHttp2Session & Disposable> {
  const opened = connect(`http://127.0.0.1:${port}`);
  await once(opened, "connect");
  return Object.assign(opened, { [Symbol.dispose]: () => opened.destroy() });
}

test("HTTP/2 with prior knowledge reaches an HTTP/1.1 instance on the same port as HTTP/1.1 does", async () => {
  await using app = await backend(async (request, response) => {
    response.setHeader("x-seen", `${request.httpVersion} ${request.method} ${request.url} ${request.headers.host}`);
    response.end(await textOf(request));
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using client = await session(gateway.port);
  const post = await h2ask(client, { ":method": "POST", ":path": "/a?b" }, "hello");
  assert.deepEqual([post.headers[":status"], post.headers["x-seen"], post.body], [200, "1.1 POST /a?b app.example.com", "hello"]);
  const gets = await Promise.all(Array.from({ length: 20 }, (_, n) => h2ask(client, { ":path": `/${n}` })));
  assert.deepEqual(
    gets.map(({ headers }) => headers["x-seen"]),
    gets.map((_, n) => `1.1 GET /${n} app.example.com`),
  );
  assert.equal((await ask(gateway.port)).status, 200);
});

test("an h2c instance gets HTTP/2, with trailers, from HTTP/2 and from HTTP/1.1 clients", async () => {
  using app = await h2cBackend();
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [app.port]);
  using client = await session(gateway.port);
  const grpc = await h2ask(
    client,
    { ":method": "POST", ":path": "/svc/Method", te: "trailers", "content-type": "application/grpc" },
    "message",
  );
  assert.deepEqual([grpc.headers["x-path"], grpc.headers["x-authority"], grpc.body], ["/svc/Method", "app.example.com", "message"]);
  assert.equal(grpc.trailers?.["grpc-status"], "0");
  const old = await ask(gateway.port, { method: "POST", path: "/x", body: "plain" });
  assert.deepEqual([old.status, old.body, old.trailers["grpc-status"]], [200, "plain", "0"]);
});

test("an h2c instance that refuses the connection is retried until it listens", async () => {
  const dead = await h2cBackend();
  dead[Symbol.dispose]();
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [dead.port]);
  const answer = ask(gateway.port, { path: "/late" });
  using app = await h2cBackend();
  setInstances(gateway.world, [dead.port, app.port]);
  assert.equal((await answer).headers["x-path"], "/late");
});

test("a stream that an h2c instance refuses has not been acted on: a POST is sent again, body and all", async () => {
  let streams = 0;
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (one) => void sessions.add(one));
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {});
    if (++streams === 1) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [(server.address() as { port: number }).port]);
  const answer = await ask(gateway.port, { method: "POST", body: "once" });
  assert.deepEqual([answer.status, answer.body, streams], [200, "once", 2]);
  for (const one of sessions) one.destroy();
  server.close();
});

test("unknown hosts are 404 in HTTP/2 too", async () => {
  await using gateway = await gatewayWorld();
  using client = await session(gateway.port);
  const answer = await h2ask(client, { ":path": "/" });
  assert.deepEqual([answer.headers[":status"], answer.body], [404, "no route for this host and path"]);
});

test("a stream that the client resets ends the request at the instance", async () => {
  let gone = false;
  await using app = await backend((request) => void request.on("close", () => (gone = true)).on("error", () => {}));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  using client = await session(gateway.port);
  const stream = client.request({ ":authority": "app.example.com", ":path": "/" });
  stream.on("error", () => {});
  await once(app.server, "request");
  stream.close(8);
  await until(() => gone, "the instance to hear of it");
});

test("fields that a client repeats reach an h2c instance and break nothing", async () => {
  using app = await h2cBackend();
  await using gateway = await gatewayWorld();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [app.port]);
  const fields = "Host: app.example.com\r\nUser-Agent: a\r\nUser-Agent: b\r\nTE: gzip\r\nConnection: close\r\n";
  assert.match(await raw(gateway.port, `GET /twice HTTP/1.1\r\n${fields}\r\n`), /^HTTP\/1\.1 (200|502) /);
  assert.equal((await ask(gateway.port, { path: "/after" })).headers["x-path"], "/after");
});
