import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type RequestListener } from "node:http";
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { DevProxy } from "./proxy.ts";
import { readRecorded, RequestRecorder } from "./recorder.ts";

async function code(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function proxy(t: TestContext, more: Partial<Parameters<typeof DevProxy.listen>[0]> = {}) {
  const made = await DevProxy.listen({ host: "127.0.0.1", port: 0, clock: systemClock, patienceMs: 5000, ...more });
  t.after(() => made[Symbol.asyncDispose]());
  return { proxy: made, get: (path = "/", init: RequestInit = {}) => fetch(`http://127.0.0.1:${made.port}${path}`, init) };
}

const text =
  (body: string): RequestListener =>
  (_request, response) =>
    void response.end(body);

test("dev proxy: requests go to the newest code; what is under way ends in the old one", async (t) => {
  const release = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const old = await code(t, (_request, response) => {
    arrived.resolve();
    void release.promise.then(() => response.end("old"));
  });
  const next = await code(t, text("new"));
  const { proxy: dev, get } = await proxy(t);
  await dev.swap(old.port, 0);
  const underWay = get();
  await arrived.promise;
  const drained = dev.swap(next.port, 5000);
  assert.equal(await (await get()).text(), "new");
  release.resolve();
  assert.equal(await (await underWay).text(), "old");
  await drained;
});

test("dev proxy: what the old code does not answer in time is cut, with the reason", async (t) => {
  const arrived = Promise.withResolvers<void>();
  const old = await code(t, () => arrived.resolve());
  const next = await code(t, text("new"));
  const { proxy: dev, get } = await proxy(t);
  await dev.swap(old.port, 0);
  const underWay = get();
  await arrived.promise;
  await dev.swap(next.port, 20);
  const answer = await underWay;
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /reloaded while this request was under way/);
});

test("dev proxy: requests before the first version wait for it", async (t) => {
  const { proxy: dev, get } = await proxy(t);
  const early = get();
  const first = await code(t, text("first"));
  await dev.swap(first.port, 0);
  assert.equal(await (await early).text(), "first");
  const impatient = await proxy(t, { patienceMs: 10 });
  assert.equal((await impatient.get()).status, 503);
});

test("dev proxy: old code that goes on is marked stale, and its pages show the error", async (t) => {
  const page = await code(t, (request, response) => {
    if (request.url === "/page") return void response.writeHead(200, { "content-type": "text/html", "content-length": "5" }).end("<p>hi");
    return void response.end("plain");
  });
  const { proxy: dev, get } = await proxy(t);
  await dev.swap(page.port, 0);
  dev.failed("index.ts:3:5: <oops>");
  const plain = await get("/");
  assert.deepEqual([plain.headers.get("kinetic-dev"), await plain.text()], ["stale", "plain"]);
  const html = await (await get("/page")).text();
  assert.match(html, /^<p>hi[^]*index\.ts:3:5: &lt;oops&gt;/);
  await dev.swap(page.port, 0);
  assert.equal((await get("/")).headers.get("kinetic-dev"), null);
});

test("dev proxy: without code that runs the problem is the answer", async (t) => {
  const { proxy: dev, get } = await proxy(t);
  dev.failed("broken <here>");
  const plain = await get();
  assert.deepEqual([plain.status, plain.headers.get("kinetic-dev"), await plain.text()], [503, "failed", "broken <here>\n"]);
  const html = await get("/", { headers: { accept: "text/html" } });
  assert.match(await html.text(), /<h1[^]*broken &lt;here&gt;/);
});

test("dev proxy: a websocket is told to come again when the code is swapped", async (t) => {
  const old = await code(t, text(""));
  old.server.on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    socket.on("data", (chunk) => socket.write(chunk));
  });
  const next = await code(t, text("new"));
  const { proxy: dev } = await proxy(t);
  await dev.swap(old.port, 0);
  const client = connect(dev.port, "127.0.0.1");
  const received: Buffer[] = [];
  client.on("error", () => {});
  const opened = Promise.withResolvers<void>();
  const echoed = Promise.withResolvers<void>();
  client.on("data", (chunk: Buffer) => {
    received.push(chunk);
    const all = Buffer.concat(received).toString("latin1");
    if (all.includes("\r\n\r\n")) opened.resolve();
    if (all.endsWith("ping")) echoed.resolve();
  });
  client.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  await opened.promise;
  client.write("ping");
  await echoed.promise;
  await Promise.all([once(client, "end"), dev.swap(next.port, 0)]);
  assert.deepEqual(Buffer.concat(received).subarray(-4), Buffer.from([0x88, 2, 0x03, 0xf4]));
});

test("dev proxy: each request is recorded, as it was sent", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "kinetic-record-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  const first = await code(t, (request, response) => void request.on("end", () => response.end("ok")).resume());
  const { proxy: dev } = await proxy(t, { recorder: new RequestRecorder(root, systemClock) });
  await dev.swap(first.port, 0);
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = httpRequest({ port: dev.port, host: "127.0.0.1", method: "POST", path: "/a?b=1", headers: { "X-Note": "1" } }, (answer) => {
    answer.resume().on("end", () => resolve(String(answer.headers["kinetic-dev-request"])));
  });
  call.end("body");
  const id = await promise;
  assert.equal(id, "1");
  const until = Date.now() + 5000;
  while ((await readRecorded(root, id)) === undefined && Date.now() < until) await new Promise((next) => setImmediate(next));
  const recorded = await readRecorded(root, id);
  assert.deepEqual([recorded?.method, recorded?.path, Buffer.from(recorded?.body ?? "", "base64").toString()], ["POST", "/a?b=1", "body"]);
  assert.ok(recorded?.headers.some(([name, value]) => name === "X-Note" && value === "1"));
  assert.equal(await readRecorded(root, "../1"), undefined);
  assert.equal(await new RequestRecorder(root, systemClock).reserve(), "2");
});
