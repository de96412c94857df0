import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { addBinary, grpcBinary } from "./harness/images.ts";
import { startNginx } from "./harness/nginx.ts";
import { startPlatform, temporaryDirectory } from "./harness/platform.ts";
import { createUntilReady, hostOf, instanceAddress, makeService } from "./harness/services.ts";
import { Skip, type Context, type Readings, type Row, type Session } from "./harness/row.ts";

const SERVICE = "calls";
/** As many calls at a time as the HTTP row has requests. */
const MANY = { connections: 10, calls: 5, seconds: 5 };
const ONE = { connections: 1, calls: 1, seconds: 5 };
const run = promisify(execFile);

/** gRPC unary calls to one warm instance: through the gateway, through nginx's grpc_pass, and to the instance itself. */
export const grpcRow: Row = {
  name: "grpc",
  title: "warm gRPC unary calls through the platform, load and app on the same cores",
  figures: [
    { key: "cpu", what: "platform CPU a call, 50 at a time", unit: "us", better: "lower", bar: 250, goal: 100 },
    { key: "rate", what: "calls/s, 50 at a time over 10 connections", unit: "/s", better: "higher", bar: 3_000, goal: 8_000 },
    { key: "p50", what: "latency, 50 at a time, p50", unit: "ms", better: "lower" },
    { key: "p99", what: "latency, 50 at a time, p99", unit: "ms", better: "lower" },
    { key: "addedP50", what: "added latency, one at a time, p50", unit: "ms", better: "lower", bar: 0.8, goal: 0.3 },
    { key: "errors", what: "failed calls", unit: "", better: "lower", bar: 0, goal: 0 },
  ],
  open: openGrpc,
};

async function openGrpc({ program }: Context): Promise<Session> {
  const binary = grpcBinary();
  if (binary === undefined) throw new Skip("Go is missing, in which server and load are written");
  await using stack = new AsyncDisposableStack();
  const load = loadProgram(stack.use(await temporaryDirectory()).path, binary);
  const platform = stack.use(await startPlatform({ program }));
  const image = await addBinary(platform.dataDirectory, "bench-grpc", binary);
  await createUntilReady(platform, grpcService(image));
  const app = await instanceAddress(platform, SERVICE);
  const nginx = await startNginx(app, "grpc");
  if (nginx !== undefined) stack.use(nginx);
  const calls = await load;
  const direct: Target = { address: app, authority: "any" };
  const through: Target = { address: new URL(platform.running.gateway).host, authority: hostOf(platform, SERVICE) };
  const alone = await calls(direct, MANY);
  const all = stack.move();
  return {
    ours: () => measure(calls, { target: through, direct, cpuSeconds: () => platform.cpuSeconds() }),
    ...(nginx === undefined
      ? {}
      : {
          peer: {
            name: "nginx grpc_pass, one worker",
            measure: () =>
              measure(calls, {
                target: { address: new URL(nginx.origin).host, authority: "any" },
                direct,
                cpuSeconds: () => nginx.cpuSeconds(),
              }),
          },
        }),
    notes: [
      "app and load: static Go binary, google.golang.org/grpc",
      `the app alone: ${Math.round(alone.perSecond).toLocaleString("en-US")} calls/s, p50 ${alone.p50Ms.toFixed(2)} ms`,
      ...(nginx === undefined ? ["no peer: nginx is not installed (Debian: apt-get install nginx-light)"] : []),
    ],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function grpcService(image: string): ReturnType<typeof makeService> {
  const service = makeService(SERVICE, image, { "min-scale": "1", "max-scale": "1", target: "1000" });
  const [container] = service.spec?.template?.spec?.containers ?? [];
  if (container !== undefined) Object.assign(container, { ports: [{ name: "h2c", containerPort: 8080 }] });
  return service;
}

interface Target {
  readonly address: string;
  readonly authority: string;
}

interface CallReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly lastError: string;
}

type Calls = (target: Target, shape: typeof MANY) => Promise<CallReport>;

async function loadProgram(folder: string, binary: Uint8Array): Promise<Calls> {
  const path = join(folder, "load");
  await writeFile(path, binary);
  await chmod(path, 0o755);
  return async ({ address, authority }, shape) => {
    const flags = Object.entries({ address, authority, ...shape }).map(([name, value]) => `-${name}=${value}`);
    const { stdout } = await run(path, ["load", ...flags]);
    const report = JSON.parse(stdout) as CallReport;
    // A proxy that refuses quickly must not look fast.
    if (report.requests < report.errors) throw new Error(`${address} fails: ${report.lastError}`);
    return report;
  };
}

interface Measured {
  readonly target: Target;
  readonly direct: Target;
  cpuSeconds(): number;
}

async function measure(calls: Calls, { target, direct, cpuSeconds }: Measured): Promise<Readings> {
  await calls(target, { ...MANY, seconds: 1 });
  const before = cpuSeconds();
  const many = await calls(target, MANY);
  const cpu = ((cpuSeconds() - before) * 1e6) / many.requests;
  const one = await calls(target, ONE);
  const floor = await calls(direct, ONE);
  return {
    cpu,
    rate: many.perSecond,
    p50: many.p50Ms,
    p99: many.p99Ms,
    ...(one.p50Ms < floor.p50Ms ? {} : { addedP50: one.p50Ms - floor.p50Ms }),
    errors: many.errors + one.errors,
  };
}
