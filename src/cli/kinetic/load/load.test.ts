import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../../std/clock.ts";
import { generateLoad, type LoadOptions } from "./generate.ts";
import { formatSummary, percentile, reportOf } from "./summary.ts";

const never = new AbortController().signal;
const defaults = { connections: 4, method: "GET", headers: {}, timeoutMs: 5000 };

test("a run of n requests keeps c connections busy and counts statuses, bytes and times", async () => {
  let inFlight = 0;
  let most = 0;
  let answered = 0;
  const server = createServer((_request, response) => {
    most = Math.max(most, ++inFlight);
    setTimeout(() => {
      inFlight -= 1;
      response.statusCode = ++answered % 5 === 0 ? 503 : 200;
      response.end("hello");
    }, 2);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(`http://any.localhost:${(server.address() as AddressInfo).port}/x?y=1`);
  const result = await generateLoad({ ...defaults, url, requests: 50 }, systemClock, never);
  server.close();
  server.closeAllConnections();
  assert.equal(most, 4);
  assert.deepEqual([...result.statuses].toSorted(), [
    [200, 40],
    [503, 10],
  ]);
  assert.equal(result.bytes, 250);
  assert.equal(result.errors.size, 0);
  assert.ok(result.latenciesMs.every((ms, index) => ms >= (result.firstByteMs[index] ?? Infinity)));
});

test("a refused connection is an error row, not a crash, and an abort ends the run", async () => {
  const options: LoadOptions = { ...defaults, url: new URL("http://127.0.0.1:9/"), requests: 3 };
  const result = await generateLoad(options, systemClock, never);
  assert.equal(
    [...result.errors.values()].reduce((sum, count) => sum + count, 0),
    3,
  );
  assert.match([...result.errors.keys()][0] ?? "", /ECONNREFUSED/);
  const aborted = await generateLoad({ ...options, durationMs: 60_000 }, systemClock, AbortSignal.abort());
  assert.equal(aborted.latenciesMs.length, 0);
});

test("the summary has hey's sections and the right figures", () => {
  const latenciesMs = Float64Array.from(Array.from({ length: 100 }, (_, index) => index + 1));
  const result = {
    durationMs: 2000,
    latenciesMs,
    firstByteMs: latenciesMs,
    statuses: new Map([[200, 100]]),
    errors: new Map([["ECONNRESET: x", 2]]),
    bytes: 1000,
  };
  assert.equal(percentile(latenciesMs, 99), 99);
  assert.equal(percentile(new Float64Array(), 50), 0);
  const report = reportOf(result);
  assert.deepEqual([report.requestsPerSec, report.slowestSecs, report.percentilesSecs["p50"]], [50, 0.1, 0.05]);
  const text = formatSummary(result);
  assert.match(text, /Requests\/sec: 50\.0000/);
  assert.match(text, /99% in 0\.0990 secs/);
  assert.match(text, /\[200\]\t100 responses/);
  assert.match(text, /\[2\]\tECONNRESET: x/);
  const buckets = [...text.matchAll(/^ {2}\d+\.\d{3} \[(\d+)\]/gm)].map((match) => Number(match[1]));
  assert.equal(
    buckets.reduce((sum, count) => sum + count, 0),
    100,
    "every request is in one bucket",
  );
});
