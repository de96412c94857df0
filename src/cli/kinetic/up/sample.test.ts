import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { Client } from "../../../client/types.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { readiness, runSample, split } from "./sample.ts";

function service(generation: number, ready: object | undefined, url?: string): KnativeService {
  const conditions = ready === undefined ? [] : [{ type: "Ready", ...ready }];
  return { metadata: { name: "hello", generation }, status: { observedGeneration: 1, conditions, url } } as unknown as KnativeService;
}

test("the sample is waited for until it is ready, and a failure has its reason", () => {
  assert.equal(readiness(undefined).kind, "waiting");
  assert.equal(readiness(service(2, { status: "True" }, "http://x")).kind, "waiting", "of an earlier generation");
  assert.equal(readiness(service(1, { status: "True" })).kind, "waiting", "without URL");
  assert.deepEqual(readiness(service(1, { status: "True" }, "http://x")), { kind: "ready", url: "http://x" });
  const unknown = readiness(service(1, { status: "Unknown", reason: "Deploying", message: "soon" }));
  assert.deepEqual(unknown, { kind: "waiting", why: "Deploying: soon" });
  const failed = readiness(service(1, { status: "False", reason: "RevisionFailed", message: "no image" }));
  assert.deepEqual(failed, { kind: "failed", why: "RevisionFailed: no image" });
});

test("the time split has what the gateway tells and the first byte", () => {
  assert.equal(split("queue;dur=3.21, start;dur=2", 5.55), "queue 3.2, start 2.0, first byte 5.5");
  assert.equal(split("", 7), "first byte 7.0");
});

test("a sample that is ready but answers an error has not come up", async (t) => {
  const url = await answering(t, 503);
  const client = { get: () => Promise.resolve(service(1, { status: "True" }, url)) } as unknown as Client;
  const platform = { client, buildSample: () => Promise.resolve("kinetic.local/hello") };
  const printed: string[] = [];
  const stdout = { write: (text: string) => printed.push(text) };
  const io: Io = { stdout, stderr: stdout, stdin: process.stdin, env: {}, cwd: "/" };
  await assert.rejects(
    runSample(io, platform, new AbortController().signal),
    (error) => error instanceof UserError && error.message === "the sample is ready but answers 503: no instance",
  );
  assert.doesNotMatch(printed.join(""), /from zero/);
});

async function answering(t: TestContext, status: number): Promise<string> {
  const server = createServer((_message, out) => void out.writeHead(status).end("no instance\n"));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
