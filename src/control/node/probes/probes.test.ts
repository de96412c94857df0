import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import { createServer, type AddressInfo, type Server } from "node:net";
import { test } from "node:test";
import { ManualClock } from "../../../testing/clock.ts";
import { runAction, type Action } from "./handler.ts";
import { failure, success, type ProbeTarget } from "./outcome.ts";
import { newTracker, nextDelayMs, scheduleOf, track } from "./schedule.ts";
import { runProber } from "./prober.ts";

const never = new AbortController().signal;

async function listening<T extends Server>(server: T): Promise<{ readonly port: number } & AsyncDisposable> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => void server.close() };
}

const target = (port: number, exitCode = 0): ProbeTarget => ({
  ip: "127.0.0.1",
  port: (reference) => (reference === "nope" ? undefined : port),
  exec: async () => ({ exitCode, output: "said so\n" }),
});

const tryIt = (action: Action, port: number, signal = never) => runAction(action, target(port), signal);

test("tcp: open is success, closed is refused in Go's words", async () => {
  let port = 0;
  {
    await using server = await listening(createServer());
    port = server.port;
    assert.deepEqual(await tryIt({ tcpSocket: { port } }, port), success);
  }
  assert.deepEqual(await tryIt({ tcpSocket: { port } }, port), failure(`dial tcp 127.0.0.1:${port}: connect: connection refused`));
  assert.deepEqual(await tryIt({ tcpSocket: { port: "nope" } }, port), failure("couldn't find port: nope"));
});

test("http: 200 to 399 pass, others fail, headers are sent, redirects followed, silence times out", async () => {
  const seen: (string | undefined)[] = [];
  await using server = await listening(
    createHttp((request, response) => {
      seen.push(`${request.headers["user-agent"]} ${request.headers["x-a"]}`);
      if (request.url === "/silent") return;
      const status = Number(request.url?.slice(1)) || 200;
      response.writeHead(status, status === 302 ? { location: "/503" } : {}).end();
    }),
  );
  const get = (path: string, signal = never) =>
    tryIt({ httpGet: { path, port: server.port, httpHeaders: [{ name: "X-A", value: "1" }] } }, server.port, signal);
  assert.deepEqual(await get("/204"), success);
  assert.deepEqual(await get("/503"), failure("HTTP probe failed with statuscode: 503"));
  assert.deepEqual(await get("/302"), failure("HTTP probe failed with statuscode: 503"));
  assert.equal(seen[0], "kube-probe/1.32 1");
  const late = await get("/silent", AbortSignal.timeout(50));
  assert.match(late.kind === "failure" ? late.message : "", /context deadline exceeded/);
});

test("exec: the exit code decides, the output is the message", async () => {
  assert.deepEqual(await runAction({ exec: { command: ["x"] } }, target(1, 0), never), success);
  assert.deepEqual(await runAction({ exec: { command: ["x"] } }, target(1, 2), never), failure("said so"));
});

test("grpc: SERVING passes, NOT_SERVING fails", async () => {
  let status = 1;
  const server = createHttp2();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
  });
  await using open = await listening(server as unknown as Server);
  const check = () => tryIt({ grpc: { port: open.port } }, open.port);
  assert.deepEqual(await check(), success);
  status = 2;
  assert.deepEqual(await check(), failure('service unhealthy (responded with "NOT_SERVING")'));
});

test("schedule: haste until the first success, the period after it", () => {
  const schedule = scheduleOf({ periodSeconds: 0 });
  let tracker = newTracker(0);
  const waits: number[] = [];
  for (let index = 0; index < 12; index++) {
    waits.push(nextDelayMs(tracker, schedule, index * 50));
    tracker = track(tracker, failure("x"), schedule, index);
  }
  assert.deepEqual(waits, [2, 3, 6, 9, 12, 15, 18, 21, 24, 25, 25, 25], "a share of the time since the start");
  assert.equal(tracker.passing, undefined, "haste does not use up the threshold");
  tracker = track(tracker, success, schedule, 100);
  assert.deepEqual([tracker.passing, nextDelayMs(tracker, schedule, 100)], [true, 10_000]);
});

test("every probe is hasty until its first success, for ten seconds, then keeps its period", () => {
  const patient = scheduleOf({ periodSeconds: 10 });
  const tried = { ...newTracker(0), tries: 60 };
  assert.deepEqual([nextDelayMs(tried, patient, 9_000), nextDelayMs(tried, patient, 11_000)], [25, 10_000]);
  assert.equal(nextDelayMs(tried, scheduleOf({ periodSeconds: 0 }), 11_000), 250);
  assert.equal(nextDelayMs(tried, scheduleOf({ periodSeconds: 10, exec: { command: ["true"] } }), 0), 100, "a process each time");
  assert.equal(nextDelayMs(tried, scheduleOf({ periodSeconds: 10, initialDelaySeconds: 1 }), 9_000), 10_000);
});

test("thresholds: failures in a row at the period's pace", () => {
  const schedule = scheduleOf({ periodSeconds: 1, failureThreshold: 2, successThreshold: 2 });
  const after = (...outcomes: boolean[]) =>
    outcomes.reduce((tracker, ok, index) => track(tracker, ok ? success : failure("x"), schedule, (index + 1) * 1000), newTracker(0))
      .passing;
  assert.equal(after(true), undefined);
  assert.equal(after(true, true), true);
  assert.equal(after(true, true, false), true);
  assert.equal(after(true, true, false, false), false);
  assert.equal(after(false, true, false), undefined);
  assert.equal(after(false, false), false);
});

test("prober: the first success is told at once, and nothing runs after the abort", async () => {
  const clock = new ManualClock();
  await using server = await listening(createServer());
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  const options = { action: { tcpSocket: { port: 1 } }, schedule: scheduleOf({ periodSeconds: 0 }), target: target(server.port), clock };
  const running = runProber({ ...options, onOutcome: (_outcome, { passing }) => passing === true && first.resolve() }, stop.signal);
  await first.promise;
  stop.abort();
  await running;
  assert.equal(clock.pending, 0);
});
