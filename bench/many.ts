import { knativeServiceKind } from "../src/api/serving/service.ts";
import { systemClock } from "../src/std/clock.ts";
import { addNodeImage, addStaticImage } from "./harness/images.ts";
import { pause, startPlatform, until, type RunningPlatform } from "./harness/platform.ts";
import { isReady, makeService, NAMESPACE } from "./harness/services.ts";
import type { Readings, Row } from "./harness/row.ts";

const COUNT = 100;
/** More handshakes at once than this would measure TLS. */
const CONNECTIONS = 16;
const PATIENCE_MS = 300_000;
const SETTLE_MS = 2000;

/** All created in one go, each round on a new platform. */
export const manyRow: Row = {
  name: "many",
  title: `${COUNT} Services created at once, over ${CONNECTIONS} connections`,
  figures: [
    {
      key: "zeroReady",
      what: "initial-scale 0: all Ready after",
      unit: "s",
      better: "lower",
      bar: 10,
      goal: 3,
      recorded: "real Knative: 41 s",
    },
    { key: "zeroCpu", what: "initial-scale 0: platform CPU", unit: "s", better: "lower", recorded: "real Knative: 51 s" },
    {
      key: "oneReady",
      what: "initial-scale 1: all Ready after",
      unit: "s",
      better: "lower",
      bar: 10,
      goal: 3,
      recorded: "real Knative: 57 s",
    },
    { key: "oneCpu", what: "initial-scale 1: platform CPU", unit: "s", better: "lower", recorded: "real Knative: 114 s" },
  ],
  open: ({ program }) =>
    Promise.resolve({
      async ours(): Promise<Readings> {
        const readings: Record<string, number> = {};
        for (const [key, scale] of [
          ["zero", "0"],
          ["one", "1"],
        ] as const) {
          await using platform = await startPlatform({ program });
          const { readyMs, cpuSeconds } = await createAll(platform, scale);
          readings[`${key}Ready`] = readyMs / 1000;
          readings[`${key}Cpu`] = cpuSeconds;
        }
        return readings;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

async function createAll(platform: RunningPlatform, scale: string): Promise<{ readyMs: number; cpuSeconds: number }> {
  const image = (await addStaticImage(platform.dataDirectory)) ?? (await addNodeImage(platform.dataDirectory));
  await pause(SETTLE_MS);
  const before = platform.cpuSeconds();
  const startMs = systemClock.monotonicMs();
  const services = Array.from({ length: COUNT }, (_, index) =>
    makeService(`many-${index}`, image, { "initial-scale": scale, "max-scale": "1" }),
  );
  const waiting = services.values();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const service of waiting) await platform.client.create(knativeServiceKind, service);
    }),
  );
  await until(`${COUNT} Services Ready`, PATIENCE_MS, async () => {
    const { items } = await platform.client.list(knativeServiceKind, { namespace: NAMESPACE });
    return items.filter(isReady).length === COUNT ? true : undefined;
  });
  return { readyMs: systemClock.monotonicMs() - startMs, cpuSeconds: platform.cpuSeconds() - before };
}
