import { request } from "node:http";
import type { Platform } from "../../../app/platform.ts";
import { isTrue } from "../../../api/meta/conditions.ts";
import { knativeServiceKind, type KnativeService } from "../../../api/serving/service.ts";
import type { Client } from "../../../client/types.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import { styled, UserError, type Io } from "../../shared/io.ts";
import { loopbackLookup } from "../../shared/transport.ts";

const KEY = { namespace: "default", name: "hello" };
/** For readiness, and again for the call. */
const PATIENCE_MS = 30_000;
const POLL_MS = 10;

/** Deploys the sample, calls it once from zero, and says what to try next. @throws UserError if it does not come up. */
export async function runSample(io: Io, platform: Pick<Platform, "buildSample" | "client">, stop: AbortSignal): Promise<void> {
  const image = await platform.buildSample();
  const { client } = platform;
  const startMs = systemClock.monotonicMs();
  if ((await client.get(knativeServiceKind, KEY)) === undefined) await client.create(knativeServiceKind, sampleService(image));
  const url = await readyUrl(client, stop);
  io.stdout.write(`Sample service hello is ready after ${seconds(systemClock.monotonicMs() - startMs)}: ${styled(io, "cyan", url)}\n`);
  const call = await timedCall(url, AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)])).catch((error: Error) => {
    throw stop.aborted ? error : new UserError(`the sample is ready but does not answer: ${error.message}`);
  });
  if (call.status !== 200) throw new UserError(`the sample is ready but answers ${call.status}: ${call.body.trim()}`);
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

async function readyUrl(client: Client, stop: AbortSignal): Promise<string> {
  const deadlineMs = systemClock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const state = readiness(await client.get(knativeServiceKind, KEY));
    if (state.kind === "ready") return state.url;
    if (state.kind === "failed") throw new UserError(`the sample did not become ready: ${state.why}`);
    if (systemClock.monotonicMs() > deadlineMs) throw new UserError(`the sample is not ready after ${PATIENCE_MS / 1000} s: ${state.why}`);
    await delay(systemClock, POLL_MS, stop);
  }
}

type Readiness = { readonly kind: "ready"; readonly url: string } | { readonly kind: "failed" | "waiting"; readonly why: string };

/** Conditions of an earlier generation say nothing yet. */
export function readiness(service: KnativeService | undefined): Readiness {
  if (service?.status?.observedGeneration !== service?.metadata.generation)
    return { kind: "waiting", why: "no controller has looked at it yet" };
  const { conditions, url } = service?.status ?? {};
  if (isTrue(conditions, "Ready") && url !== undefined) return { kind: "ready", url };
  const ready = conditions?.find((condition) => condition.type === "Ready");
  const why = [ready?.reason ?? "Unknown", ready?.message ?? ""].filter((text) => text !== "").join(": ");
  return { kind: ready?.status === "False" ? "failed" : "waiting", why };
}

interface TimedCall {
  readonly status: number;
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
        status: answer.statusCode ?? 0,
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
