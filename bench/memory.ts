import { knativeServiceKind } from "../src/api/serving/service.ts";
import { addNodeImage } from "./harness/images.ts";
import { pause, startPlatform, until, type RunningPlatform } from "./harness/platform.ts";
import { platformPssBytes } from "./harness/processes.ts";
import { isReady, makeService, NAMESPACE } from "./harness/services.ts";
import type { Readings, Row } from "./harness/row.ts";

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
    { key: "perService", what: `per idle Service, of ${SERVICES} with initial-scale 0`, unit: "KB", better: "lower", bar: 60, goal: 25 },
  ],
  open: ({ program }) =>
    Promise.resolve({
      async ours(): Promise<Readings> {
        await using platform = await startPlatform({ program });
        await pause(SETTLE_MS);
        const idle = platformPssBytes(platform.running.pid);
        await createIdleServices(platform);
        await pause(SETTLE_MS);
        const full = platformPssBytes(platform.running.pid);
        return { idle: idle / 1e6, perService: (full - idle) / 1e3 / SERVICES };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

async function createIdleServices(platform: RunningPlatform): Promise<void> {
  const image = await addNodeImage(platform.dataDirectory);
  for (let index = 0; index < SERVICES; index++) {
    await platform.client.create(knativeServiceKind, makeService(`idle-${index}`, image, { "initial-scale": "0" }));
  }
  await until(`${SERVICES} Services Ready`, READY_PATIENCE_MS, async () => {
    const { items } = await platform.client.list(knativeServiceKind, { namespace: NAMESPACE });
    return items.filter(isReady).length === SERVICES ? true : undefined;
  });
}
