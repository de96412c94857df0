import { systemClock } from "../src/std/clock.ts";
import { addNodeImage } from "./harness/images.ts";
import { kineticLoad } from "./harness/load.ts";
import { pause, startPlatform, type RunningPlatform } from "./harness/platform.ts";
import { createUntilReady, hostOf, makeService, readyPods, untilZero } from "./harness/services.ts";
import type { Context, FigureSpec, Readings, Row, Session } from "./harness/row.ts";

const SERVICE = "demo";
const CONNECTIONS = 50;
const SECONDS = 30;
const PODS = 20;
const POLL_MS = 100;

export const demoFigures: readonly FigureSpec[] = [
  {
    key: "rate",
    what: "requests/s",
    unit: "/s",
    better: "higher",
    bar: 460,
    goal: 485,
    recorded: "real Knative: 396-409/s (never ran), 451/s (after scale to zero); in the article: 120/s",
  },
  { key: "p50", what: "p50", unit: "s", better: "lower", recorded: "real Knative: 0.104 s; in the article 0.150 s" },
  {
    key: "p99",
    what: "p99",
    unit: "s",
    better: "lower",
    bar: 0.25,
    goal: 0.13,
    recorded: "real Knative: 0.142-0.160 s; in the article 13.9 s",
  },
  {
    key: "slowest",
    what: "slowest",
    unit: "s",
    better: "lower",
    bar: 1,
    goal: 0.3,
    recorded: "real Knative: 1.7-5.1 s; in the article 14.57 s",
  },
  { key: "errors", what: "failed requests", unit: "", better: "lower", bar: 0, goal: 0, recorded: "real Knative: 0" },
  { key: "untilPods", what: `seconds until ${PODS} pods are Ready`, unit: "s", better: "lower", recorded: "real Knative: 6.2-8.2 s" },
  { key: "mostPods", what: "most pods Ready", unit: "", better: "higher", recorded: `real Knative: ${PODS}` },
];

/** What an image is added to: the platform that will run it. */
export type AddImage = (platform: RunningPlatform) => Promise<string>;

/** The demo of the tour: `kinetic load -c 50 -d 30s` from zero, one request at a time in each of up to 20 instances. */
export const demoRow: Row = {
  name: "demo",
  title: `kinetic load -c ${CONNECTIONS} -d ${SECONDS}s from zero, target 1, max-scale ${PODS}, 100 ms handler (Node)`,
  figures: demoFigures,
  open: (context) => openDemo(context, ({ dataDirectory }) => addNodeImage(dataDirectory)),
};

/** The session of a demo row; `addImage` gives the handler's image, which takes `?sleep=MS`. */
export async function openDemo({ program, progress }: Context, addImage: AddImage): Promise<Session> {
  const platform = await startPlatform({ program });
  const image = await addImage(platform);
  const annotations = { window: "6s", target: "1", "max-scale": `${PODS}`, "initial-scale": "0" };
  await createUntilReady(platform, makeService(SERVICE, image, annotations));
  return {
    async ours(): Promise<Readings> {
      progress("waiting for zero");
      await untilZero(platform, [SERVICE]);
      await pause(1000);
      return demo(platform);
    },
    notes: ["the first round starts what never ran; later ones find parked instances, if the platform kept them"],
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

async function demo(platform: RunningPlatform): Promise<Readings> {
  const stop = new AbortController();
  const pods = watchPods(platform, stop.signal);
  const url = `${platform.running.gateway}/?sleep=100`;
  const load = await kineticLoad({ url, host: hostOf(platform, SERVICE), connections: CONNECTIONS, seconds: SECONDS });
  stop.abort();
  const { most, untilAllMs } = await pods;
  return {
    rate: load.perSecond,
    p50: load.p50Ms / 1000,
    p99: load.p99Ms / 1000,
    slowest: load.slowestMs / 1000,
    errors: load.errors,
    mostPods: most,
    ...(untilAllMs === undefined ? {} : { untilPods: untilAllMs / 1000 }),
  };
}

async function watchPods(platform: RunningPlatform, stop: AbortSignal): Promise<{ most: number; untilAllMs: number | undefined }> {
  const startMs = systemClock.monotonicMs();
  let most = 0;
  let untilAllMs: number | undefined;
  while (!stop.aborted) {
    most = Math.max(most, await readyPods(platform, SERVICE));
    if (most >= PODS) untilAllMs ??= systemClock.monotonicMs() - startMs;
    await pause(POLL_MS);
  }
  return { most, untilAllMs };
}
