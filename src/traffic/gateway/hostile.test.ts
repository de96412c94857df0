import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, gatewayWorld, raw, rawSocket, route, setInstances, until } from "./fixtures/gateway-world.ts";

const HOST = "Host: app.example.com\r\n";

const refused: readonly (readonly [name: string, bytes: string, status: number])[] = [
  [
    "Content-Length beside Transfer-Encoding",
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ["two Content-Lengths that differ", `POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody`, 400],
  ["two equal Content-Lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody`, 400],
  ["a list as Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: 4, 4\r\n\r\nbody`, 400],
  ["a signed Content-Length", `POST / HTTP/1.1\r\n${HOST}Content-Length: +4\r\n\r\nbody`, 400],
  ["an obscured chunked", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 501],
  ["chunked that is not last", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 501],
  ["Transfer-Encoding twice", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["Transfer-Encoding in HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["a folded line", `GET / HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\n\r\n`, 400],
  ["a space before the colon", `GET / HTTP/1.1\r\n${HOST}Content-Length : 0\r\n\r\n`, 400],
  ["a bare LF", `GET / HTTP/1.1\n${HOST.replace("\r", "")}\n`, 400],
  ["a bare CR in a value", `GET / HTTP/1.1\r\n${HOST}X-A: b\rX-B: c\r\n\r\n`, 400],
  ["a NUL in a value", `GET / HTTP/1.1\r\n${HOST}X-A: b\0c\r\n\r\n`, 400],
  ["a header line without a colon", `GET / HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`, 400],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["two Hosts", `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  ["a Host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
  ["a target that is none", `GET app HTTP/1.1\r\n${HOST}\r\n`, 400],
  ["CONNECT", `CONNECT app.example.com:80 HTTP/1.1\r\n${HOST}\r\n`, 405],
  ["another protocol version", `GET / HTTP/3.0\r\n${HOST}\r\n`, 505],
  ["not HTTP at all", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400],
  ["too many header fields", `GET / HTTP/1.1\r\n${HOST}${"X-A: b\r\n".repeat(300)}\r\n`, 431],
  ["a head that is too large", `GET / HTTP/1.1\r\n${HOST}X-A: ${"b".repeat(70_000)}\r\n\r\n`, 431],
  ["a target that is too long", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
];

for (const [name, bytes, status] of refused) {
  test(`refused and the connection closed: ${name}`, async () => {
    await using app = await backend((_request, response) => void response.end("reached"));
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    const text = await raw(gateway.port, `${bytes}GET /smuggled HTTP/1.1\r\n${HOST}\r\n`);
    assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(text, /\r\nX-Request-Id: (\S+)\r\nKinetic-Error: gateway; reason=MalformedRequest; request-id=\1\r\n/);
    assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1, "what follows a refused request is not read");
    assert.doesNotMatch(text, /reached/);
  });
}

const badChunks: readonly (readonly [name: string, body: string])[] = [
  ["a size that is no number", "xyz\r\nabc\r\n0\r\n\r\n"],
  ["a size with a sign", "-3\r\nabc\r\n0\r\n\r\n"],
  ["a size prefixed 0x", "0x3\r\nabc\r\n0\r\n\r\n"],
  ["a size beyond counting", "fffffffffffffffff\r\nabc"],
  ["a chunk longer than its size", "3\r\nabcd\r\n0\r\n\r\n"],
  ["a bare LF after the size", "3\nabc\r\n0\r\n\r\n"],
  ["an endless extension", `3;${"a".repeat(5_000)}\r\nabc\r\n0\r\n\r\n`],
  ["a malformed trailer", "0\r\nX-A : b\r\n\r\n"],
];

for (const [name, body] of badChunks) {
  test(`a chunked body is refused: ${name}`, async () => {
    let complete = 0;
    await using app = await backend((request, response) => {
      request.on("error", () => {});
      request.on("end", () => complete++);
      request.resume();
      response.on("error", () => {});
    });
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    const text = await raw(gateway.port, `POST / HTTP/1.1\r\n${HOST}X-Request-Id: mine\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    assert.match(text, /^HTTP\/1\.1 400 [^]*\r\nKinetic-Error: gateway; reason=MalformedRequest; request-id=mine\r\n/);
    assert.equal(complete, 0, "the instance must not take the body for complete");
  });
}

test("internal headers of a client do not reach the instance, forwarding headers do", async () => {
  await using app = await backend((request, response) => void response.end(JSON.stringify(request.headers)));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const fields = [
    "Knative-Serving-Revision: other",
    "K-Proxy-Request: activator",
    "Kinetic-Instance: other",
    "K-Original-Host: evil",
    "K-Passthrough-Lb: true",
    "Connection: close, X-Mine",
    "X-Mine: hop",
    "Proxy-Authorization: secret",
    "X-Forwarded-For: 10.0.0.1",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ];
  const text = await raw(gateway.port, `GET / HTTP/1.1\r\nHost: App.example.com:8080\r\n${fields.join("\r\n")}\r\n\r\n`);
  const { "x-request-id": requestId, ...headers } = JSON.parse(
    text.slice(text.indexOf("\r\n\r\n") + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ""),
  );
  assert.match(requestId, /^[0-9a-z]+-[0-9a-z]+$/);
  assert.deepEqual(headers, {
    host: "App.example.com:8080",
    "kinetic-instance": `pod-${app.port}`,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "x-forwarded-for": "10.0.0.1, 127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "App.example.com:8080",
    forwarded: 'for=10.0.0.1;host="App.example.com:8080";proto=http, for=127.0.0.1',
  });
});

test("pipelined requests are answered in order", async () => {
  await using app = await backend((request, response) => void response.end(`<${request.url}>`));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const one = (path: string, more = "") => `GET ${path} HTTP/1.1\r\n${HOST}${more}\r\n`;
  const text = await raw(gateway.port, one("/1") + one("/2") + one("/3", "Connection: close\r\n"));
  assert.deepEqual(text.match(/<[^>]+>/g), ["</1>", "</2>", "</3>"]);
});

test("a head that comes byte by byte is understood", async () => {
  await using app = await backend((_request, response) => void response.end("patience"));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const socket = await rawSocket(gateway.port);
  socket.setNoDelay(true);
  let seen = "";
  socket.on("data", (chunk) => (seen += chunk));
  for (const byte of `GET / HTTP/1.1\r\n${HOST}\r\n`) {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => seen.includes("patience"), "the answer");
  socket.destroy();
});
