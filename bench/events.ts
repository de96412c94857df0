import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Agent, request } from "undici";
import { brokerKind, type Broker } from "../src/api/eventing/broker.ts";
import { triggerKind, type Trigger } from "../src/api/eventing/trigger.ts";
import { isTrue, type Condition } from "../src/api/meta/conditions.ts";
import { systemClock } from "../src/std/clock.ts";
import type { Listening } from "./backend/plain-broker.ts";
import { startPlatform, temporaryDirectory, until, type RunningPlatform } from "./harness/platform.ts";
import { platformCpuSeconds } from "./harness/processes.ts";
import type { Context, Readings, Row, Session } from "./harness/row.ts";
import { NAMESPACE } from "./harness/services.ts";
import { quantile } from "./harness/statistics.ts";

const EVENT_BYTES = 1024;
const PRODUCERS = 50;
const TRIGGERS = [1, 10] as const;
const EVENTS = { 1: 20_000, 10: 4_000 } as const;
const WARM_UP = 2_000;
const PATIENCE_MS = 120_000;

type Count = (typeof TRIGGERS)[number];

/** From the first event that is sent to the last that a subscriber has: accepted durably, delivered over HTTP, acknowledged. */
export const eventsRow: Row = {
  name: "events",
  title: `events of 1 KB accepted durably and delivered over HTTP, ${PRODUCERS} producers`,
  figures: [
    { key: "rate1", what: "events/s, 1 trigger", unit: "/s", better: "higher", bar: 4_000, goal: 12_000 },
    { key: "rate10", what: "events/s, 10 triggers (10 deliveries each)", unit: "/s", better: "higher" },
    { key: "cpu1", what: "platform CPU an event, 1 trigger", unit: "us", better: "lower" },
    { key: "cpu10", what: "platform CPU an event, 10 triggers", unit: "us", better: "lower" },
    { key: "p50", what: "until the 202, 1 trigger, p50", unit: "ms", better: "lower" },
    { key: "p99", what: "until the 202, 1 trigger, p99", unit: "ms", better: "lower" },
    { key: "twice", what: "deliveries too many", unit: "", better: "lower", bar: 0, goal: 0 },
  ],
  open: openEvents,
};

/** Where events go in and who cares for the CPU of it. */
interface Target extends AsyncDisposable {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  cpuSeconds(): number;
}

async function openEvents({ program }: Context): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  const sink = stack.use(await startSink());
  const platform = stack.use(await startPlatform({ program }));
  const folder = stack.use(await temporaryDirectory()).path;
  const ours = new Map<Count, Target>();
  for (const count of TRIGGERS) ours.set(count, await brokerWith(platform, sink.url, count));
  const all = stack.move();
  return {
    ours: () => measureAll(sink, (count) => Promise.resolve(ours.get(count)!)),
    peer: {
      name: "append, fdatasync, 202, post; nothing else",
      measure: () => measureAll(sink, (count) => plainBroker(join(folder, `plain-${count}`), sink.url, count)),
    },
    notes: ["producers and subscriber are one Node process on the same cores"],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function measureAll(sink: Sink, targetOf: (count: Count) => Promise<Target>): Promise<Readings> {
  const readings: Record<string, number> = {};
  for (const count of TRIGGERS) {
    await using target = await targetOf(count);
    await deliver(sink, target, { events: WARM_UP, copies: count });
    const cpuBefore = target.cpuSeconds();
    const run = await deliver(sink, target, { events: EVENTS[count], copies: count });
    readings[`cpu${count}`] = ((target.cpuSeconds() - cpuBefore) * 1e6) / EVENTS[count];
    readings[`rate${count}`] = (EVENTS[count] * 1000) / run.ms;
    readings["twice"] = (readings["twice"] ?? 0) + run.tooMany;
    if (count === 1) Object.assign(readings, { p50: quantile(run.times, 50), p99: quantile(run.times, 99) });
  }
  return readings;
}

interface Delivered {
  readonly ms: number;
  readonly times: readonly number[];
  readonly tooMany: number;
}

async function deliver(sink: Sink, target: Target, { events, copies }: { events: number; copies: number }): Promise<Delivered> {
  await using agent = new DisposableAgent();
  const body = new Uint8Array(EVENT_BYTES).fill(65);
  const times: number[] = [];
  const before = sink.received();
  let left = events;
  const startMs = systemClock.monotonicMs();
  const produce = async () => {
    while (left-- > 0) {
      const headers = { ...target.headers, ...attributes(`e${left}`) };
      const askedMs = systemClock.monotonicMs();
      const { statusCode, body: answer } = await request(target.url, { dispatcher: agent.agent, method: "POST", headers, body });
      const text = await answer.text();
      if (statusCode !== 202) throw new Error(`${target.url} answered ${statusCode}: ${text}`);
      times.push(systemClock.monotonicMs() - askedMs);
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produce));
  await until("every event is delivered", PATIENCE_MS, () =>
    Promise.resolve(sink.received() - before >= events * copies ? true : undefined),
  );
  return { ms: sink.lastMs() - startMs, times, tooMany: sink.received() - before - events * copies };
}

class DisposableAgent implements AsyncDisposable {
  readonly agent = new Agent({ connections: PRODUCERS, pipelining: 1 });
  [Symbol.asyncDispose](): Promise<void> {
    return this.agent.close();
  }
}

const attributes = (id: string): Record<string, string> => ({
  "ce-specversion": "1.0",
  "ce-id": id,
  "ce-source": "/bench",
  "ce-type": "dev.kinetic.bench",
});

interface Sink extends AsyncDisposable {
  readonly url: string;
  received(): number;
  /** When the last event came. */
  lastMs(): number;
}

async function startSink(): Promise<Sink> {
  let [count, latestMs] = [0, 0];
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", () => {
      count += 1;
      latestMs = systemClock.monotonicMs();
      response.writeHead(202).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: () => count,
    lastMs: () => latestMs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A Broker of ours with that many Triggers, each of which leads to the sink. */
async function brokerWith({ client, running, cpuSeconds }: RunningPlatform, uri: string, count: number): Promise<Target> {
  const name = `with-${count}`;
  const metadata = (own: string) => ({ namespace: NAMESPACE, name: own });
  await client.create(brokerKind, { metadata: metadata(name) } as Broker);
  const triggers = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  for (const trigger of triggers) {
    await client.create(triggerKind, { metadata: metadata(trigger), spec: { broker: name, subscriber: { uri } } } as Trigger);
  }
  for (const trigger of triggers) {
    await until(`trigger ${trigger} is ready`, PATIENCE_MS, async () => {
      const { status } = (await client.get(triggerKind, metadata(trigger))) as Trigger & { status?: { conditions?: Condition[] } };
      return isTrue(status?.conditions, "Ready") ? true : undefined;
    });
  }
  return {
    url: `${running.gateway}/${NAMESPACE}/${name}`,
    headers: { host: `broker-ingress.knative-eventing.${running.domain}` },
    cpuSeconds,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function plainBroker(file: string, uri: string, count: number): Promise<Target> {
  const child = fork(join(import.meta.dirname, "backend/plain-broker.ts"), [file, ...Array.from({ length: count }, () => uri)]);
  const [{ port }] = (await once(child, "message")) as [Listening];
  return {
    url: `http://127.0.0.1:${port}/`,
    headers: {},
    cpuSeconds: () => platformCpuSeconds(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
