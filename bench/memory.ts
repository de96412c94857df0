import { knativeServiceKind } from "../src/api/serving/service.ts";
import { addNodeImage } from "./harness/images.ts";
import { pause, startPlatform, until, type RunningPlatform } from "./harness/platform.ts";
import { platformPssBytes } from "./harness/processes.ts";
import { isReady, makeService, NAMESPACE } from "./harness/services.ts";
import type { Readings, Row } from "./harness/row.ts";

/** The first ones make the platform load and compile code, which is no Service's memory. */
const FIRST_SERVICES = 50;
const SERVICES = 200;
/** V8 shrinks its heaps some seconds after the last work. */
const SETTLE_MS = 15_000;
const READY_PATIENCE_MS = 180_000;

/** PSS of the whole process tree, idle. */
export const memoryRow: Row = {
  name: "memory",
  title: `memory (PSS of the process tree), idle ${SETTLE_MS / 1000} s`,
  figures: [
    {
      key: "idle",
      what: "no function",
      unit: "MB",
      better: "lower",
      bar: 200,
      goal: 120,
      recorded: "real Knative with Kubernetes: PSS 966 MB (resident 1,242 MB), before Envoy and CoreDNS",
    },
    {
      key: "perService",
      what: `per idle Service, of ${SERVICES} with initial-scale 0 after ${FIRST_SERVICES} others`,
      unit: "KB",
      better: "lower",
      bar: 60,
      goal: 25,
    },
  ],
  open: ({ program }) =>
    Promise.resolve({
      async ours(): Promise<Readings> {
        await using platform = await startPlatform({ program });
        await pause(SETTLE_MS);
        const idle = platformPssBytes(platform.running.pid);
        const few = await memoryWith(platform, FIRST_SERVICES);
        const many = await memoryWith(platform, FIRST_SERVICES + SERVICES);
        return { idle: idle / 1e6, perService: (many - few) / 1e3 / SERVICES };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

/** PSS once there are this many idle Services and nothing happens. */
async function memoryWith(platform: RunningPlatform, count: number): Promise<number> {
  const image = await addNodeImage(platform.dataDirectory);
  const { items } = await platform.client.list(knativeServiceKind, { namespace: NAMESPACE });
  for (let index = items.length; index < count; index++) {
    await platform.client.create(knativeServiceKind, makeService(`idle-${index}`, image, { "initial-scale": "0" }));
  }
  await until(`${count} Services Ready`, READY_PATIENCE_MS, async () => {
    const { items } = await platform.client.list(knativeServiceKind, { namespace: NAMESPACE });
    return items.filter(isReady).length === count ? true : undefined;
  });
  await pause(SETTLE_MS);
  return platformPssBytes(platform.running.pid);
}
