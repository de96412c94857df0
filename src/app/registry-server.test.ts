import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { test, type TestContext } from "node:test";
import type { RegistryRequest, RegistryResponse } from "../images/distribution/message.ts";
import { silentLogger } from "../std/logger.ts";
import { serveRegistry } from "./registry-server.ts";

const CHUNK = Buffer.alloc(64 * 1024);
/** Far more than the buffers of a loopback connection hold. */
const MANY_CHUNKS = 2000;
const FEW_CHUNKS = 500;

async function serve(
  t: TestContext,
  handle: (message: RegistryRequest) => Promise<RegistryResponse>,
  idleTimeoutMs = 60_000,
): Promise<number> {
  const port = await freePort();
  const server = await serveRegistry({ port, handle, logger: silentLogger, idleTimeoutMs });
  t.after(() => server[Symbol.asyncDispose]());
  return port;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function send(port: number, path: string, options: { method?: string; headers?: Record<string, string> } = {}): ClientRequest {
  return request({ port, path, agent: false, host: "127.0.0.1", ...options }).on("error", () => {});
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return answer;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>)).toString();
}

const ok: RegistryResponse = { status: 200, headers: { "content-length": "2" }, body: Buffer.from("ok") };

test("only loopback names are answered, so that no page of another site reaches the registry", async (t) => {
  const port = await serve(t, () => Promise.resolve(ok));
  const hosts = [
    ["localhost:5001", 200],
    ["127.0.0.1", 200],
    ["[::1]:5001", 200],
    ["kinetic.local", 200],
    ["evil.example", 403],
    ["localhost.evil.example", 403],
    ["localhost@evil.example", 403],
  ] as const;
  for (const [host, status] of hosts) {
    const sent = send(port, "/v2/", { headers: { host } });
    sent.end();
    const answer = await answerTo(sent);
    answer.resume();
    assert.equal(answer.statusCode, status, host);
  }
});

test("pages of other sites cannot push: programs send no Origin, browsers do", async (t) => {
  const port = await serve(t, () => Promise.resolve(ok));
  for (const [origin, status] of [
    ["http://localhost:3000", 200],
    ["https://evil.example", 403],
    ["null", 403],
  ] as const) {
    const sent = send(port, "/v2/a/blobs/uploads/", { method: "POST", headers: { origin } });
    sent.end();
    const answer = await answerTo(sent);
    answer.resume();
    assert.equal(answer.statusCode, status, origin);
  }
});

test("the path reaches the registry as it was sent, and HEAD has headers but no body", async (t) => {
  const seen: string[] = [];
  const port = await serve(t, ({ method, path, query }) => {
    seen.push(`${method} ${path} ${query.get("last") ?? ""}`);
    return Promise.resolve(ok);
  });
  for (const method of ["GET", "HEAD"]) {
    const sent = send(port, "/v2/a/../b%2Fc?last=x?y", { method });
    sent.end();
    const answer = await answerTo(sent);
    assert.equal(answer.headers["content-length"], "2");
    assert.equal(answer.headers["docker-distribution-api-version"], "registry/2.0");
    assert.equal(await textOf(answer), method === "GET" ? "ok" : "");
  }
  assert.deepEqual(seen, ["GET /v2/a/../b%2Fc x?y", "HEAD /v2/a/../b%2Fc x?y"]);
});

test("a client that does not read holds the download back, and one that goes away ends it", async (t) => {
  let given = 0;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (; given < MANY_CHUNKS; given++) yield CHUNK;
    } finally {
      release();
    }
  }
  const port = await serve(t, ({ path }) => Promise.resolve(path === "/slow" ? { status: 200, headers: {}, body: body() } : ok));
  const sent = send(port, "/slow");
  sent.end();
  const slow = await answerTo(sent);
  for (let round = 0; round < 20; round++) {
    const other = send(port, "/other");
    other.end();
    assert.equal(await textOf(await answerTo(other)), "ok", "others are served meanwhile");
  }
  assert.ok(given < FEW_CHUNKS, `${given} chunks were read for a client that takes none`);
  slow.destroy();
  await released;
});

test("a registry that does not read holds the upload back, and still answers", async (t) => {
  const { promise: go, resolve: proceed } = Promise.withResolvers<void>();
  let got = 0;
  const port = await serve(t, async ({ body }) => {
    await go;
    for await (const chunk of body) {
      got += chunk.length;
      if (got > CHUNK.length) break; // has read enough: the rest is the edge's
    }
    return ok;
  });
  const sent = send(port, "/v2/", { method: "PUT" });
  let written = 0;
  const closed = once(sent, "close");
  const upload = async () => {
    for (; written < MANY_CHUNKS && !sent.destroyed; written++) if (!sent.write(CHUNK)) await Promise.race([once(sent, "drain"), closed]);
    sent.end();
  };
  const uploading = upload();
  await once(sent, "socket");
  for (let round = 0; round < 20; round++) {
    const probe = send(port, "/", { headers: { host: "evil.example" } });
    probe.end();
    (await answerTo(probe)).resume();
  }
  assert.ok(written < FEW_CHUNKS, `${written} chunks were taken that nobody reads`);
  proceed();
  assert.equal(await textOf(await answerTo(sent)), "ok");
  await uploading;
});

test("a failure of ours is a 500 that says nothing about us, and one in the middle of a body does not look whole", async (t) => {
  async function* half(): AsyncGenerator<Uint8Array> {
    yield CHUNK;
    throw new Error("secret");
  }
  const port = await serve(t, ({ path }) => {
    if (path === "/half") return Promise.resolve({ status: 200, headers: {}, body: half() });
    return Promise.reject(new Error("secret"));
  });
  const sent = send(port, "/");
  sent.end();
  const answer = await answerTo(sent);
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(await textOf(answer), /secret/);
  const broken = send(port, "/half");
  broken.end();
  await assert.rejects(textOf(await answerTo(broken)), /aborted/);
});

test("a client that stalls in the middle of its upload is let go, and the registry learns of it", async (t) => {
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
  const handle = async ({ body }: RegistryRequest) => {
    try {
      for await (const _ of body);
    } catch (error) {
      end(error);
    }
    return ok;
  };
  const sent = send(await serve(t, handle, 100), "/v2/", { method: "PUT", headers: { "content-length": "1000" } });
  sent.write("half");
  assert.match(String(await ended), /aborted|ECONNRESET/);
});
