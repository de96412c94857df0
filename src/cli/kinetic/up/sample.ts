import { request } from "node:http";
import type { Platform } from "../../../app/platform.ts";
import { isTrue } from "../../../api/meta/conditions.ts";
import { knativeServiceKind, type KnativeService } from "../../../api/serving/service.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import { styled, UserError, type Io } from "../../shared/io.ts";
import { loopbackLookup } from "../../shared/transport.ts";

const KEY = { namespace: "default", name: "hello" };
const READY_PATIENCE_MS = 30_000;
const POLL_MS = 10;

/** Deploys the sample, calls it once from zero, and says what to try next. */
export async function runSample(io: Io, platform: Platform, stop: AbortSignal): Promise<void> {
  const image = await platform.buildSample();
  const { client } = platform;
  const startMs = systemClock.monotonicMs();
  if ((await client.get(knativeServiceKind, KEY)) === undefined) await client.create(knativeServiceKind, sampleService(image));
  const url = await readyUrl(platform, AbortSignal.any([stop, AbortSignal.timeout(READY_PATIENCE_MS)]));
  io.stdout.write(`Sample service hello is ready after ${seconds(systemClock.monotonicMs() - startMs)}: ${styled(io, "cyan", url)}\n`);
  const call = await timedCall(url, stop);
  io.stdout.write(`  ${call.body.trim()}\n`);
  io.stdout.write(`  from zero in ${call.totalMs.toFixed(1)} ms: ${call.split}\n\n`);
  io.stdout.write(nextSteps(io, url));
}

/** Short windows, so that nobody waits a minute to see it go to zero; no instance before the first request. */
function sampleService(image: string): KnativeService {
  const annotations = {
    "autoscaling.knative.dev/window": "6s",
    "autoscaling.knative.dev/initial-scale": "0",
    "autoscaling.knative.dev/target": "1",
    "autoscaling.knative.dev/max-scale": "20",
  };
  return {
    metadata: KEY,
    spec: { template: { metadata: { annotations }, spec: { containers: [{ image }] } } },
  } as unknown as KnativeService;
}

async function readyUrl(platform: Platform, signal: AbortSignal): Promise<string> {
  for (;;) {
    const service = await platform.client.get(knativeServiceKind, KEY);
    const current = service?.status?.observedGeneration === service?.metadata.generation;
    if (current && isTrue(service?.status?.conditions, "Ready") && service?.status?.url !== undefined) return service.status.url;
    const failed = service?.status?.conditions?.find((condition) => condition.type === "Ready" && condition.status === "False");
    if (failed !== undefined) throw new UserError(`the sample did not become ready: ${failed.reason ?? ""}: ${failed.message ?? ""}`);
    await delay(systemClock, POLL_MS, signal);
  }
}

interface TimedCall {
  readonly body: string;
  readonly totalMs: number;
  readonly split: string;
}

function timedCall(url: string, signal: AbortSignal): Promise<TimedCall> {
  const startMs = systemClock.monotonicMs();
  const { promise, resolve, reject } = Promise.withResolvers<TimedCall>();
  const call = request(url, { lookup: loopbackLookup, signal }, (answer) => {
    const firstByteMs = systemClock.monotonicMs() - startMs;
    let body = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => (body += chunk));
    answer.on("end", () =>
      resolve({
        body,
        totalMs: systemClock.monotonicMs() - startMs,
        split: split(String(answer.headers["server-timing"] ?? ""), firstByteMs),
      }),
    );
  });
  call.on("error", reject);
  call.end();
  return promise;
}

/** The gateway says how long the request waited and how long the instance took to start. */
export function split(serverTiming: string, firstByteMs: number): string {
  const part = (name: string) => Number(new RegExp(`${name};dur=([0-9.]+)`).exec(serverTiming)?.[1] ?? Number.NaN);
  const known = [
    ["queue", part("queue")],
    ["start", part("start")],
  ] as const;
  const texts = known.filter(([, ms]) => Number.isFinite(ms)).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  return [...texts, `first byte ${firstByteMs.toFixed(1)}`].join(", ");
}

function nextSteps(io: Io, url: string): string {
  const command = (text: string) => `  ${styled(io, "green", text)}\n`;
  return [
    "Try, in another terminal:\n",
    command('eval "$(npx kinetic env)"'),
    command("kubectl get ksvc,pods"),
    command(`kinetic load "${url}?sleep=100" -c 50 -d 30s`),
    "\n",
  ].join("");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
