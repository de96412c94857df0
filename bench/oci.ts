import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examineOci } from "../src/control/node/drivers/oci/requirements.ts";
import { koImage } from "../test/e2e/ko-demo-image.ts";
import { demoFigures, openDemo } from "./demo.ts";
import { callsFromZero, createKinds, SERVICES, type Kind } from "./from-zero.ts";
import { startPlatform, temporaryDirectory } from "./harness/platform.ts";
import { installed } from "./harness/program.ts";
import { startDockerRegistry } from "./registry.ts";
import { createUntilReady, deleteService, makeService } from "./harness/services.ts";
import { quantile } from "./harness/statistics.ts";
import { Skip, type Context, type Readings, type Row, type Session } from "./harness/row.ts";

const IMAGE_BYTES = 100_000_000;
const source = readFileSync(join(import.meta.dirname, "backend/hello.go"), "utf8");

/** From a request on a new connection to the first byte of its answer, by a container that ran before: ended, or in the freezer. */
export const ociFromZeroRow: Row = {
  name: "oci-from-zero",
  title: `containers from zero: request to first byte, ${SERVICES} Services called one after the other in a round`,
  figures: [
    {
      key: "freshP50",
      what: "fresh, p50",
      unit: "ms",
      better: "lower",
      bar: 120,
      recorded: "real Knative, static binary: median 1,220 ms",
    },
    { key: "freshP95", what: "fresh, p95", unit: "ms", better: "lower", recorded: "real Knative, static binary: 1,680 ms" },
    { key: "parkedP50", what: "parked (freezer), p50", unit: "ms", better: "lower" },
    { key: "parkedP95", what: "parked (freezer), p95", unit: "ms", better: "lower" },
  ],
  open: openFromZero,
};

/** From the creation of a Service to Ready, of an image that the machine has never seen. */
export const ociFirstStartRow: Row = {
  name: "oci-first-start",
  title: "first start of a 100 MB image: from the creation of a Service to Ready, a new image in each round",
  figures: [
    { key: "pulled", what: "of another registry: pull, unpack, start", unit: "s", better: "lower" },
    { key: "own", what: "of the built-in registry: unpack, start", unit: "s", better: "lower" },
  ],
  open: openFirstStart,
};

/** The demo with an image of ko in containers, beside the recorded figures of the demo. */
export const ociDemoRow: Row = {
  name: "oci-demo",
  title: "the demo with a static Go image that ko built, in containers",
  figures: demoFigures,
  async open(context) {
    await mustRunContainers();
    return openDemo(context, ({ running }) => koImage({ registry: running.registry, name: "demo", source }));
  },
};

/** Rejects with Skip where containers or ko cannot run: the platform would run the images as processes. */
async function mustRunContainers(): Promise<void> {
  const machine = { platform: process.platform, uid: process.getuid?.(), searchPath: process.env["PATH"] ?? "", folder: tmpdir() };
  const { missing } = await examineOci(machine);
  const all = [...missing, ...(installed("go") ? [] : ["go"])];
  if (all.length > 0) throw new Skip(`containers of images of ko need ${all.join(" and ")}`);
}

async function openFromZero({ program, progress }: Context): Promise<Session> {
  await mustRunContainers();
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await startPlatform({ program }));
  const image = await koImage({ registry: platform.running.registry, name: "zero", source });
  const kinds: readonly Kind[] = [
    { key: "fresh", image, parking: "false" },
    { key: "parked", image, parking: "true" },
  ];
  progress(`${kinds.length * SERVICES} Services`);
  await createKinds(platform, kinds);
  const splits = new Map<string, string>();
  const all = stack.move();
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
      return [...splits].map(([key, split]) => `the gateway's own split of one ${key} call: ${split}`);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function openFirstStart({ program, progress }: Context): Promise<Session> {
  await mustRunContainers();
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await startPlatform({ program }));
  const other = await startDockerRegistry(stack.use(await temporaryDirectory()).path);
  if (other !== undefined) stack.use(other);
  const first = async (registry: string, name: string) => {
    progress(`pushing ${name}`);
    const image = await koImage({ registry, name, source, ballast: randomBytes(IMAGE_BYTES) });
    const ms = await createUntilReady(platform, makeService(name, image, { "max-scale": "1" }));
    await deleteService(platform, name);
    return ms / 1000;
  };
  const all = stack.move();
  return {
    async ours(round): Promise<Readings> {
      const own = await first(platform.running.registry, `own-${round}`);
      return other === undefined ? { own } : { own, pulled: await first(new URL(other.origin).host, `pulled-${round}`) };
    },
    notes: [
      "no peer: neither containerd nor Docker is driven by this row",
      ...(other === undefined ? ["docker-registry is not installed, so there is no other registry (apt-get install docker-registry)"] : []),
    ],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
