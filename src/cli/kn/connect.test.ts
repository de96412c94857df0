import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "./connect.ts";

const server = { server: "https://127.0.0.1:6443" };
const request = () => new Request("http://apiserver/apis/serving.knative.dev/v1/services?limit=1");

test("an API group that the server does not have is told apart from a missing object", async () => {
  const plain = inWords(
    async () => new Response("404 page not found\n", { status: 404, headers: { "content-type": "text/plain" } }),
    server,
  );
  await assert.rejects(
    plain(request()),
    /no or newer Knative Serving API found on the backend, please verify the installation or update the 'kn' client/,
  );
  const status = inWords(async () => new Response("{}", { status: 404, headers: { "content-type": "application/json" } }), server);
  assert.equal((await status(request())).status, 404);
});

test("a refused connection reads as Go's client says it", async () => {
  const refused = inWords(async () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }) });
  }, server);
  await assert.rejects(refused(request()), {
    message:
      'Get "https://127.0.0.1:6443/apis/serving.knative.dev/v1/services?limit=1": dial tcp 127.0.0.1:6443: connect: connection refused',
  });
});

test("a connection that finds no host names it", async () => {
  const lost = inWords(async () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" }) });
  }, server);
  await assert.rejects(lost(request()), /^UserError: error connecting to the cluster, please verify connection at: 127\.0\.0\.1:6443/);
});
