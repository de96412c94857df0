/** What a registry that is reached by TLS must not talk us into. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../std/clock.ts";
import type { Http, HttpRequest } from "./http.ts";
import { Session } from "./session.ts";

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A session with `https://r.example` as alice, over a network of these answers by address. */
function sessionWith(answers: Readonly<Record<string, Answer>>) {
  const asked: HttpRequest[] = [];
  const http: Http = async (request) => {
    asked.push(request);
    const { status, headers = {}, body = "" } = answers[request.url.origin + request.url.pathname] ?? { status: 404 };
    return {
      status,
      header: (name) => headers[name],
      discard: () => {},
      body: (async function* () {
        yield Buffer.from(body);
      })(),
    };
  };
  const session = new Session({
    http,
    clock: systemClock,
    endpoint: { base: "https://r.example", registry: "r.example", tls: { ca: ["r"] }, isMirror: false },
    candidate: { credential: { kind: "basic", username: "alice", password: "secret" }, source: "a test" },
    repository: "app",
    trust: async (host) => ({ ca: [host] }),
  });
  return { asked, call: () => session.call({ method: "GET", path: "blobs/x" }, AbortSignal.timeout(60_000)) };
}

const BLOB = "https://r.example/v2/app/blobs/x";

test("a redirect from TLS to none is refused", async () => {
  const { asked, call } = sessionWith({ [BLOB]: { status: 307, headers: { location: "http://cdn.example/x" } } });
  await assert.rejects(call(), /redirected to http:\/\/cdn\.example, which is not reached by TLS: refused$/);
  assert.equal(asked.length, 1);
});

test("a token service without TLS gets no password from a registry with it", async () => {
  const { asked, call } = sessionWith({ [BLOB]: { status: 401, headers: { "www-authenticate": 'Bearer realm="http://t.example/"' } } });
  await assert.rejects(call(), /token service http:\/\/t\.example is not reached by TLS: refused$/);
  assert.equal(asked.length, 1);
});

test("each host is trusted by its own settings", async () => {
  const { asked, call } = sessionWith({
    [BLOB]: { status: 307, headers: { location: "https://cdn.example/x" } },
    "https://cdn.example/x": { status: 200, body: "bytes" },
  });
  assert.equal((await call()).status, 200);
  assert.deepEqual(
    asked.map(({ tls }) => tls?.ca),
    [["r"], ["cdn.example"]],
  );
});
