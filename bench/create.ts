import { namespaceKind } from "../src/api/core/namespace.ts";
import { addNodeImage, addStaticImage } from "./harness/images.ts";
import { pause, startPlatform, type RunningPlatform } from "./harness/platform.ts";
import { createUntilReady, deleteService, makeService } from "./harness/services.ts";
import { quantile } from "./harness/statistics.ts";
import type { Readings, Row } from "./harness/row.ts";

const PER_ROUND = 10;
const CPU_SERVICES = 50;
const SETTLE_MS = 2000;
const REAL = "real Knative, static binary: min 0.99, median 1.33, p95 1.91 s (a bare pod: 0.99 s)";

/** `create` of a Service until a watcher sees it Ready, the image being there. */
export const createRow: Row = {
  name: "create",
  title: `Service create to Ready, image present, ${PER_ROUND} one after the other in a round`,
  figures: [
    { key: "staticP50", what: "static binary, p50", unit: "ms", better: "lower", bar: 250, goal: 100, recorded: REAL },
    { key: "staticP95", what: "static binary, p95", unit: "ms", better: "lower" },
    { key: "nodeP50", what: "Node, p50", unit: "ms", better: "lower", bar: 500, goal: 200 },
    { key: "nodeP95", what: "Node, p95", unit: "ms", better: "lower" },
    {
      key: "cpu",
      what: `platform CPU a Service created and deleted (of ${CPU_SERVICES})`,
      unit: "ms",
      better: "lower",
      bar: 60,
      goal: 25,
      recorded: "real Knative: 1,300 ms over all components",
    },
    { key: "writes", what: "writes to the store for each of these", unit: "", better: "lower" },
  ],
  async open({ program }) {
    const platform = await startPlatform({ program });
    const node = await addNodeImage(platform.dataDirectory);
    const binary = await addStaticImage(platform.dataDirectory);
    return {
      async ours(round: number): Promise<Readings> {
        const ofNode = await times({ platform, image: node, prefix: `node-${round}`, count: PER_ROUND });
        const readings = { nodeP50: quantile(ofNode, 50), nodeP95: quantile(ofNode, 95) };
        if (binary === undefined) return readings;
        const ofBinary = await times({ platform, image: binary, prefix: `static-${round}`, count: PER_ROUND });
        const work = await workPerService(platform, binary, round);
        return { ...readings, staticP50: quantile(ofBinary, 50), staticP95: quantile(ofBinary, 95), ...work };
      },
      notes: binary === undefined ? ["Go is missing, so there is no static binary to measure"] : [],
      [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
    };
  },
};

interface Series {
  readonly platform: RunningPlatform;
  readonly image: string;
  readonly prefix: string;
  readonly count: number;
}

async function times({ platform, image, prefix, count }: Series): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    const name = `${prefix}-${index}`;
    found.push(await createUntilReady(platform, makeService(name, image, { "max-scale": "1" })));
    await deleteService(platform, name);
  }
  return found;
}

/** One pod each. The idle platform's own work while it takes is part of it, as it is for the recorded figure. */
async function workPerService(platform: RunningPlatform, image: string, round: number): Promise<Readings> {
  await pause(SETTLE_MS);
  const before = platform.cpuSeconds();
  const revision = await storeRevision(platform);
  await times({ platform, image, prefix: `cpu-${round}`, count: CPU_SERVICES });
  await pause(SETTLE_MS);
  const writes = (await storeRevision(platform)) - revision;
  return { cpu: ((platform.cpuSeconds() - before) * 1000) / CPU_SERVICES, writes: writes / CPU_SERVICES };
}

/** The store counts its writes: every list tells the number of the last one. */
async function storeRevision(platform: RunningPlatform): Promise<number> {
  return Number((await platform.client.list(namespaceKind)).resourceVersion);
}
