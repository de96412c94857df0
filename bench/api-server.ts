import { Agent, type Dispatcher } from "undici";
import { systemClock } from "../src/std/clock.ts";
import { pause, startPlatform, type RunningPlatform } from "./harness/platform.ts";
import { platformPssBytes } from "./harness/processes.ts";
import { quantile } from "./harness/statistics.ts";
import type { FigureSpec, Readings, Row } from "./harness/row.ts";

const CLIENTS = 32;
const OPERATIONS = 4000;
const OPERATIONS_ALONE = 500;
const LISTED = 10_000;
const SETTLE_MS = 10_000;
const PATH = "/api/v1/namespaces/default/configmaps";
const REAL = "kube-apiserver + etcd:";

function figures(): FigureSpec[] {
  const of = (key: string, what: string, more: Omit<FigureSpec, "key" | "what">): FigureSpec => ({ key, what, ...more });
  const many = (verb: string) => `${verb}, ${CLIENTS} clients`;
  const latencies = (verb: string, key: string): FigureSpec[] => [
    of(`${key}P50`, `${many(verb)}, p50`, { unit: "ms", better: "lower", ...(key === "create" ? { recorded: `${REAL} 11.6 ms` } : {}) }),
    of(`${key}P99`, `${many(verb)}, p99`, { unit: "ms", better: "lower", ...(key === "create" ? { recorded: `${REAL} 36 ms` } : {}) }),
  ];
  return [
    of("createCpu", `${many("create")}, CPU each`, { unit: "us", better: "lower", bar: 300, goal: 150, recorded: `${REAL} 499 + 183 us` }),
    of("createRate", many("create"), { unit: "/s", better: "higher", recorded: `${REAL} 2,417/s` }),
    ...latencies("create", "create"),
    of("createAloneRate", "create, one client", { unit: "/s", better: "higher", recorded: `${REAL} 819/s` }),
    of("createAloneP50", "create, one client, p50", { unit: "ms", better: "lower", recorded: `${REAL} 1.2 ms` }),
    of("createAloneP99", "create, one client, p99", { unit: "ms", better: "lower", recorded: `${REAL} 2.2 ms` }),
    of("getCpu", `${many("get")}, CPU each`, { unit: "us", better: "lower", bar: 120, goal: 60, recorded: `${REAL} 231 + 86 us` }),
    of("getRate", many("get"), { unit: "/s", better: "higher", recorded: `${REAL} 4,888/s` }),
    ...latencies("get", "get"),
    of("getAloneP50", "get, one client, p50", { unit: "ms", better: "lower" }),
    of("patchCpu", `${many("merge patch")}, CPU each`, {
      unit: "us",
      better: "lower",
      bar: 350,
      goal: 180,
      recorded: `${REAL} 630 + 218 us`,
    }),
    of("patchRate", many("merge patch"), { unit: "/s", better: "higher", recorded: `${REAL} 2,089/s` }),
    ...latencies("merge patch", "patch"),
    of("listTime", `list of ${LISTED}, time`, { unit: "ms", better: "lower", recorded: `${REAL} 190 ms` }),
    of("listCpu", `list of ${LISTED}, CPU`, { unit: "ms", better: "lower", bar: 120, goal: 60, recorded: `${REAL} 184 + 40 ms` }),
    of("memory", `memory (PSS) of the whole platform with ${LISTED}`, {
      unit: "MB",
      better: "lower",
      bar: 150,
      goal: 80,
      recorded: `${REAL} resident 607 + 195 MB`,
    }),
  ];
}

/** 1 KB ConfigMaps, JSON over TLS; each round on a new platform. CPU is the platform's, not the load's. */
export const apiServerRow: Row = {
  name: "api-server",
  title: "API server, 1 KB ConfigMaps, JSON over TLS, load on the same cores",
  figures: figures(),
  open: ({ program }) =>
    Promise.resolve({
      async ours(): Promise<Readings> {
        await using platform = await startPlatform({ program });
        const agent = tlsAgent(platform);
        try {
          return await measure(platform, agent);
        } finally {
          await agent.destroy();
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

function tlsAgent({ connection }: RunningPlatform): Agent {
  const { ca, clientCertificate, clientKey } = connection;
  if (ca === undefined || clientCertificate === undefined || clientKey === undefined) throw new Error("the kubeconfig has no certificates");
  return new Agent({ connections: CLIENTS, pipelining: 1, connect: { ca, cert: clientCertificate, key: clientKey } });
}

async function measure(platform: RunningPlatform, agent: Agent): Promise<Readings> {
  const call = caller(platform, agent);
  const create = (prefix: string) => (index: number) =>
    call("POST", PATH, { type: "application/json", body: configMap(`${prefix}-${index}`) });
  const get = (index: number) => call("GET", `${PATH}/a-${index}`);
  const patch = (index: number) =>
    call("PATCH", `${PATH}/a-${index}`, { type: "application/merge-patch+json", body: JSON.stringify({ data: { turn: `${index}` } }) });
  const run = (clients: number, count: number, one: (index: number) => Promise<unknown>) => operations({ platform, clients, count, one });
  await run(CLIENTS, 500, create("warm"));
  const created = await run(CLIENTS, OPERATIONS, create("a"));
  const createdAlone = await run(1, OPERATIONS_ALONE, create("b"));
  const got = await run(CLIENTS, OPERATIONS, get);
  const gotAlone = await run(1, OPERATIONS_ALONE, get);
  const patched = await run(CLIENTS, OPERATIONS, patch);
  await run(CLIENTS, LISTED - OPERATIONS - OPERATIONS_ALONE - 500, create("c"));
  const list = () => call("GET", PATH);
  await run(1, 3, list);
  const listed = await run(1, 5, list);
  await pause(SETTLE_MS);
  return {
    ...named("create", created),
    ...named("createAlone", createdAlone),
    ...named("get", got),
    ...named("getAlone", gotAlone),
    ...named("patch", patched),
    listTime: listed.p50,
    listCpu: listed.cpu / 1000,
    memory: platformPssBytes(platform.running.pid) / 1e6,
  };
}

function named(prefix: string, { cpu, rate, p50, p99 }: Outcome): Readings {
  return { [`${prefix}Cpu`]: cpu, [`${prefix}Rate`]: rate, [`${prefix}P50`]: p50, [`${prefix}P99`]: p99 };
}

function configMap(name: string): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text: "x".repeat(900) } });
}

type Caller = (method: Dispatcher.HttpMethod, path: string, body?: { readonly type: string; readonly body: string }) => Promise<void>;

function caller({ running, connection }: RunningPlatform, agent: Agent): Caller {
  const common = { authorization: `Bearer ${connection.token ?? ""}`, accept: "application/json", "user-agent": "kinetic-bench" };
  return async (method, path, payload) => {
    const headers = payload === undefined ? common : { ...common, "content-type": payload.type };
    const options = { origin: running.apiServer, path, method, headers, ...(payload === undefined ? {} : { body: payload.body }) };
    const answer = await agent.request(options);
    const body = await answer.body.bytes();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${Buffer.from(body).toString().slice(0, 500)}`);
  };
}

interface Outcome {
  /** Microseconds of the platform for each. */
  readonly cpu: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

interface Operations {
  readonly platform: RunningPlatform;
  readonly clients: number;
  readonly count: number;
  one(index: number): Promise<unknown>;
}

async function operations({ platform, clients, count, one }: Operations): Promise<Outcome> {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      const startMs = systemClock.monotonicMs();
      await one(index);
      times.push(systemClock.monotonicMs() - startMs);
    }
  };
  const cpu = platform.cpuSeconds();
  const startMs = systemClock.monotonicMs();
  await Promise.all(Array.from({ length: clients }, worker));
  const seconds = (systemClock.monotonicMs() - startMs) / 1000;
  return { cpu: ((platform.cpuSeconds() - cpu) * 1e6) / count, rate: count / seconds, p50: quantile(times, 50), p99: quantile(times, 99) };
}
