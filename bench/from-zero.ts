import { PARKING_ANNOTATION } from "../src/api/names/kinetic.ts";
import { timedGet } from "./harness/http.ts";
import { addNodeImage, addStaticImage } from "./harness/images.ts";
import { pause, startPlatform, type RunningPlatform } from "./harness/platform.ts";
import { createUntilReady, hostOf, makeService, untilZero } from "./harness/services.ts";
import { quantile } from "./harness/statistics.ts";
import type { Context, Readings, Row, Session } from "./harness/row.ts";

export const SERVICES = 10;
/** After the last pod has gone, and between two calls. */
const SETTLE_MS = 500;
const REAL = "real Knative, static binary: median 1,220, p95 1,680 ms; first activation ever 2,480, 3,150 ms";

export interface Kind {
  readonly key: string;
  readonly image: string;
  readonly parking: "true" | "false";
}

/** From a request on a new connection to the first byte of its answer, the Service having scaled to zero by itself. */
export const fromZeroRow: Row = {
  name: "from-zero",
  title: `from zero: request to first byte, ${SERVICES} Services called one after the other in a round`,
  figures: [
    { key: "parkedP50", what: "parked (Node), p50", unit: "ms", better: "lower", bar: 12, goal: 4, recorded: REAL },
    { key: "parkedP95", what: "parked (Node), p95", unit: "ms", better: "lower" },
    { key: "staticP50", what: "fresh static binary, p50", unit: "ms", better: "lower", bar: 60, goal: 20 },
    { key: "staticP95", what: "fresh static binary, p95", unit: "ms", better: "lower" },
    { key: "nodeP50", what: "fresh Node, p50", unit: "ms", better: "lower", bar: 150, goal: 80 },
    { key: "nodeP95", what: "fresh Node, p95", unit: "ms", better: "lower" },
  ],
  open: openFromZero,
};

async function openFromZero({ program, progress }: Context): Promise<Session> {
  const platform = await startPlatform({ program });
  const node = await addNodeImage(platform.dataDirectory);
  const binary = await addStaticImage(platform.dataDirectory);
  const kinds: Kind[] = [
    { key: "parked", image: node, parking: "true" },
    { key: "node", image: node, parking: "false" },
    ...(binary === undefined ? [] : [{ key: "static", image: binary, parking: "false" } as const]),
  ];
  progress(`${kinds.length * SERVICES} Services`);
  await createKinds(platform, kinds);
  const splits = new Map<string, string>();
  return {
    async ours(): Promise<Readings> {
      const readings: Record<string, number> = {};
      for (const kind of kinds) {
        const found = await callsFromZero(platform, kind, splits);
        readings[`${kind.key}P50`] = quantile(found, 50);
        readings[`${kind.key}P95`] = quantile(found, 95);
      }
      return readings;
    },
    get notes() {
      const missing = binary === undefined ? ["Go is missing, so there is no static binary to measure"] : [];
      return [...missing, ...[...splits].map(([key, split]) => `the gateway's own split of one ${key} call: ${split}`)];
    },
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

/** The Services of each kind, one after the other until each is Ready. */
export async function createKinds(platform: RunningPlatform, kinds: readonly Kind[]): Promise<void> {
  for (const kind of kinds) for (const name of namesOf(kind)) await createUntilReady(platform, serviceOf(kind, name));
}

function namesOf({ key }: Kind): string[] {
  return Array.from({ length: SERVICES }, (_, index) => `${key}-${index}`);
}

function serviceOf({ image, parking }: Kind, name: string) {
  return makeService(name, image, { window: "6s", "max-scale": "1", [PARKING_ANNOTATION]: parking });
}

/** Milliseconds to the first byte of one call to each Service of the kind, in order; the gateway's splits are kept by kind. */
export async function callsFromZero(platform: RunningPlatform, kind: Kind, splits: Map<string, string>): Promise<number[]> {
  const names = namesOf(kind);
  await untilZero(platform, names);
  const found: number[] = [];
  for (const name of names) {
    await pause(SETTLE_MS);
    const answer = await timedGet(platform.running.gateway, "/", hostOf(platform, name));
    if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${answer.body}`);
    found.push(answer.firstByteMs);
    if (answer.serverTiming !== "") splits.set(kind.key, answer.serverTiming);
  }
  return found;
}
