import { mustAnswer } from "./harness/http.ts";
import { addNodeImage, addStaticImage } from "./harness/images.ts";
import { generateLoad, loadGeneratorName, type LoadTarget } from "./harness/load.ts";
import { startNginx } from "./harness/nginx.ts";
import { startPlatform } from "./harness/platform.ts";
import { createUntilReady, hostOf, instanceAddress, makeService } from "./harness/services.ts";
import type { Context, Readings, Row, Session } from "./harness/row.ts";

const CONNECTIONS = 50;
const SECONDS = 5;
const SERVICE = "proxied";

/** One warm instance behind the gateway; nginx in front of the same instance; the instance alone. */
export const proxyRow: Row = {
  name: "proxy",
  title: "warm requests through the platform, load and app on the same cores",
  figures: [
    {
      key: "cpu",
      what: `platform CPU a request, ${CONNECTIONS} clients`,
      unit: "us",
      better: "lower",
      bar: 50,
      goal: 25,
      recorded: "real Knative: 392 us (Envoy 101, activator 149, queue-proxy 142)",
    },
    {
      key: "rate",
      what: `requests/s, ${CONNECTIONS} clients`,
      unit: "/s",
      better: "higher",
      bar: 15_000,
      goal: 21_000,
      recorded: "real Knative: 3,641/s (without activator 5,812)",
    },
    { key: "p50", what: `latency, ${CONNECTIONS} clients, p50`, unit: "ms", better: "lower", recorded: "real Knative: 12.3 ms" },
    { key: "p99", what: `latency, ${CONNECTIONS} clients, p99`, unit: "ms", better: "lower", recorded: "real Knative: 38.5 ms" },
    {
      key: "addedP50",
      what: "added latency, one client, p50",
      unit: "ms",
      better: "lower",
      bar: 0.3,
      goal: 0.12,
      recorded: "real Knative: 0.7 ms",
    },
    {
      key: "addedP99",
      what: "added latency, one client, p99",
      unit: "ms",
      better: "lower",
      bar: 1.2,
      goal: 0.5,
      recorded: "real Knative: 1.8 ms",
    },
    { key: "errors", what: "failed requests", unit: "", better: "lower", bar: 0, goal: 0 },
  ],
  open: openProxy,
};

async function openProxy({ program }: Context): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await startPlatform({ program }));
  const binary = await addStaticImage(platform.dataDirectory);
  const image = binary ?? (await addNodeImage(platform.dataDirectory));
  await createUntilReady(platform, makeService(SERVICE, image, { "min-scale": "1", "max-scale": "1", target: "1000" }));
  const app = await instanceAddress(platform, SERVICE);
  const nginx = await startNginx(app);
  if (nginx !== undefined) stack.use(nginx);
  const direct = { url: `http://${app}/`, host: "any" };
  const through = { url: `${platform.running.gateway}/`, host: hostOf(platform, SERVICE) };
  for (const { url, host } of [direct, through]) await mustAnswer(url.replace(/\/$/, ""), host);
  if (nginx !== undefined) await mustAnswer(nginx.origin, "any");
  const all = stack.move();
  return {
    ours: () => measure(through, direct, () => platform.cpuSeconds()),
    ...(nginx === undefined
      ? {}
      : { peer: { name: "nginx, one worker", measure: () => measure({ url: `${nginx.origin}/` }, direct, () => nginx.cpuSeconds()) } }),
    notes: [
      `app: ${binary === undefined ? "Node (Go is missing)" : "static Go binary"}, one instance; load: ${loadGeneratorName()}`,
      ...(nginx === undefined ? ["no peer: nginx is not installed (Debian: apt-get install nginx-light)"] : []),
      ...(await aloneNote(direct)),
    ],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

type Target = Pick<LoadTarget, "url" | "host">;

async function measure(target: Target, direct: Target, cpuSeconds: () => number): Promise<Readings> {
  await generateLoad({ ...target, connections: CONNECTIONS, seconds: 1 });
  const before = cpuSeconds();
  const many = await generateLoad({ ...target, connections: CONNECTIONS, seconds: SECONDS });
  const cpu = ((cpuSeconds() - before) * 1e6) / many.requests;
  const one = await generateLoad({ ...target, connections: 1, seconds: SECONDS });
  const floor = await generateLoad({ ...direct, connections: 1, seconds: SECONDS });
  return {
    cpu,
    rate: many.perSecond,
    p50: many.p50Ms,
    p99: many.p99Ms,
    ...added("addedP50", one.p50Ms, floor.p50Ms),
    ...added("addedP99", one.p99Ms, floor.p99Ms),
    errors: many.errors + one.errors,
  };
}

/** Below zero the machine's noise is all there is: not measured, rather than a goal that is reached. */
function added(key: string, throughMs: number, directMs: number): Readings {
  return throughMs < directMs ? {} : { [key]: throughMs - directMs };
}

async function aloneNote(direct: Target): Promise<string[]> {
  const alone = await generateLoad({ ...direct, connections: CONNECTIONS, seconds: 2 });
  return [`the app alone: ${Math.round(alone.perSecond).toLocaleString("en-US")} requests/s, p50 ${alone.p50Ms.toFixed(2)} ms`];
}
