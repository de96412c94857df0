import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { ask, backend, gatewayWorld, raw, rawSocket, route, setInstances, textOf, until } from "./fixtures/gateway-world.ts";

test("a response streams: a piece reaches the client before the next is made", async () => {
  let next = () => {};
  await using app = await backend(async (_request, response) => {
    response.write("one");
    await new Promise<void>((resolve) => (next = resolve));
    response.end("two");
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const request = httpRequest({ host: "127.0.0.1", port: gateway.port, headers: { host: "app.example.com" } }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const [first] = (await once(response, "data")) as [Buffer];
  assert.equal(first.toString(), "one");
  next();
  const [second] = (await once(response, "data")) as [Buffer];
  assert.equal(second.toString(), "two");
});

test("request and response stream at the same time", async () => {
  await using app = await backend((request, response) => {
    response.flushHeaders();
    request.pipe(response);
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const request = httpRequest({ host: "127.0.0.1", port: gateway.port, method: "POST", headers: { host: "app.example.com" } });
  request.flushHeaders();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  for (const word of ["ping", "pong"]) {
    request.write(word);
    const [echo] = (await once(response, "data")) as [Buffer];
    assert.equal(echo.toString(), word);
  }
  request.end();
  await once(response.resume(), "end");
});

test("16 MiB pass unharmed in both directions, chunked and with a length", async () => {
  const big = Buffer.alloc(16 * 1024 * 1024, "0123456789abcdef-");
  await using app = await backend(async (request, response) => {
    const body = await textOf(request);
    if (request.headers["content-length"] !== undefined) response.setHeader("content-length", body.length);
    response.end(body);
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  for (const headers of [{ "content-length": String(big.length) }, { "transfer-encoding": "chunked" }]) {
    const answer = await ask(gateway.port, { method: "POST", body: big, headers });
    assert.ok(answer.body === big.toString(), "the body came back changed");
  }
});

test("a slow reader slows the instance down instead of filling the gateway", async () => {
  let written = 0;
  await using app = await backend((_request, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const fill = () => {
      while (written < 512 * 1024 * 1024) {
        written += chunk.length;
        if (!response.write(chunk)) return;
      }
    };
    response.on("drain", fill);
    fill();
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const socket = await rawSocket(gateway.port);
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
  let before = -1;
  await until(() => (written > 0 && written === before ? true : ((before = written), false)), "the instance to stand still");
  assert.ok(written < 64 * 1024 * 1024, `${written} bytes were taken for a client that reads none`);
  socket.destroy();
});

test("trailers pass in both directions", async () => {
  await using app = await backend(async (request, response) => {
    await textOf(request);
    response.writeHead(200, { Trailer: "x-sum" });
    response.write("body");
    response.addTrailers({ "x-sum": `answer to ${request.trailers["x-ask"]}` });
    response.end();
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const request = httpRequest({
    host: "127.0.0.1",
    port: gateway.port,
    method: "POST",
    headers: { host: "app.example.com", trailer: "x-ask", "transfer-encoding": "chunked" },
  });
  request.write("hello");
  request.addTrailers({ "x-ask": "question" });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  assert.equal(await textOf(response), "body");
  assert.equal(response.trailers["x-sum"], "answer to question");
});

test("an answer without length that ends with its connection is framed anew", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nX-Old: yes\r\n\r\nuntil the end"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [port]);
  const answer = await ask(gateway.port);
  assert.deepEqual([answer.body, answer.headers["transfer-encoding"]], ["until the end", "chunked"]);
  const old = await raw(gateway.port, "GET / HTTP/1.0\r\nHost: app.example.com\r\n\r\n");
  assert.match(old, /^HTTP\/1\.1 200 OK\r\nX-Old: yes\r\nConnection: close\r\n\r\nuntil the end$/);
  server.close();
});

test("HEAD, 204 and 304 answers have no body and keep the connection", async () => {
  await using app = await backend((request, response) => {
    if (request.url === "/204") response.writeHead(204).end();
    else if (request.url === "/304") response.writeHead(304, { etag: '"a"' }).end();
    else response.writeHead(200, { "content-length": "10" }).end();
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const host = "HTTP/1.1\r\nHost: app.example.com\r\n";
  const text = await raw(gateway.port, `HEAD / ${host}\r\nGET /204 ${host}\r\nGET /304 ${host}Connection: close\r\n\r\n`);
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ["200", "204", "304"],
  );
  assert.match(text, /Content-Length: 10\r\n/i);
});

test("Expect: 100-continue is answered when an instance takes the request, not before", async () => {
  await using app = await backend(async (request, response) => void response.end(await textOf(request)));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const socket = await rawSocket(gateway.port);
  let seen = "";
  socket.on("data", (chunk) => (seen += chunk));
  socket.write("POST / HTTP/1.1\r\nHost: app.example.com\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
  await until(() => gateway.reports.length > 0, "the request to wait");
  assert.equal(seen, "");
  setInstances(gateway.world, [app.port]);
  await until(() => seen.includes("100 Continue\r\n\r\n"), "100 Continue");
  socket.write("body");
  await once(socket, "end");
  socket.destroy();
  assert.match(seen, /HTTP\/1\.1 200 OK\r\n[^]*body/);
});

test("103 Early Hints reach the client", async () => {
  await using app = await backend((_request, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () => response.end("done"));
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const text = await raw(gateway.port, "GET / HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\n\r\n");
  assert.match(text, /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/style\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK/i);
});

test("a client that leaves ends the request at the instance", async () => {
  let gone = false;
  await using app = await backend((request) => void request.on("close", () => (gone = true)));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const socket = await rawSocket(gateway.port);
  socket.write("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
  await once(app.server, "request");
  socket.destroy();
  await until(() => gone, "the instance to hear of it");
});

test("a client that leaves while it waits frees its place", async () => {
  let served = 0;
  await using app = await backend((_request, response) => void (served++, response.end()));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const socket = await rawSocket(gateway.port);
  socket.write("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
  await until(() => gateway.reports.length > 0, "the poke");
  socket.destroy();
  await until(() => gateway.reports.some((report) => report.stats[0]?.concurrency === 0), "the zero report");
  setInstances(gateway.world, [app.port]);
  await ask(gateway.port);
  assert.equal(served, 1);
});

test("an instance that breaks off mid-answer cuts the client's response", async () => {
  await using app = await backend((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("part", () => response.destroy());
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  await assert.rejects(ask(gateway.port), /ECONNRESET|aborted|terminated/);
});

test("an instance that breaks off before its answer is a 502 with reason", async () => {
  await using app = await backend((request) => void request.socket.destroy());
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const answer = await ask(gateway.port, { headers: { "x-request-id": "r" } });
  assert.deepEqual([answer.status, answer.headers["kinetic-error"]], [502, "gateway; reason=BackendFailed; request-id=r"]);
});
