import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { open, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { systemClock } from "../src/std/clock.ts";
import { timedGet } from "./harness/http.ts";
import { startPlatform, temporaryDirectory, until } from "./harness/platform.ts";
import { platformCpuSeconds } from "./harness/processes.ts";
import { installed } from "./harness/program.ts";
import type { Readings, Row } from "./harness/row.ts";

const LAYER_BYTES = 100_000_000;
const PULLS = 5;
const PIECE_BYTES = 1024 * 1024;

interface RegistryProgram extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  cpuSeconds(): number;
}

/** A 100 MB layer over HTTP, pushed as docker and crane push (POST, PATCH, PUT) and pulled again. */
export const registryRow: Row = {
  name: "registry",
  title: "a layer of 100 MB in the built-in registry",
  figures: [
    { key: "push", what: "push, acknowledged", unit: "s", better: "lower" },
    { key: "pull", what: "pull", unit: "s", better: "lower" },
    { key: "pushCpu", what: "CPU of the platform for the push", unit: "s", better: "lower" },
    { key: "pullCpu", what: "CPU of the platform for the pull", unit: "s", better: "lower" },
    { key: "disk", what: "the same bytes written and synced by nobody but the disk", unit: "s", better: "lower" },
  ],
  async open({ program }) {
    await using stack = new AsyncDisposableStack();
    const platform = stack.use(await startPlatform({ program }));
    const folder = stack.use(await temporaryDirectory()).path;
    const ours = { origin: `http://${platform.running.registry.replace("localhost", "127.0.0.1")}`, cpuSeconds: platform.cpuSeconds };
    const peer = await startDockerRegistry(folder);
    if (peer !== undefined) stack.use(peer);
    const all = stack.move();
    return {
      ours: async () => ({ ...(await measure(ours)), disk: await secondsOfDisk(join(folder, "disk")) }),
      ...(peer === undefined ? {} : { peer: { name: "Debian's docker-registry", measure: () => measure(peer) } }),
      notes: [
        "the platform syncs a blob to the disk before it acknowledges it, docker-registry does not",
        ...(peer === undefined ? ["docker-registry is not installed (apt-get install docker-registry)"] : []),
      ],
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  },
};

async function measure({ origin, cpuSeconds }: Omit<RegistryProgram, typeof Symbol.asyncDispose>): Promise<Readings> {
  const layer = randomBytes(LAYER_BYTES); // new in each round, so that nobody has it
  const digest = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
  const push = await timed(cpuSeconds, () => pushLayer(origin, layer, digest));
  const pull = await timed(cpuSeconds, async () => {
    for (let count = 0; count < PULLS; count++) await pullLayer(`${origin}/v2/bench/blobs/${digest}`);
  });
  return { push: push.seconds, pushCpu: push.cpu, pull: pull.seconds / PULLS, pullCpu: pull.cpu / PULLS };
}

async function timed(cpuSeconds: () => number, work: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const [startMs, startCpu] = [systemClock.monotonicMs(), cpuSeconds()];
  await work();
  return { seconds: (systemClock.monotonicMs() - startMs) / 1000, cpu: cpuSeconds() - startCpu };
}

async function pushLayer(origin: string, layer: Uint8Array, digest: string): Promise<void> {
  const session = await call("POST", `${origin}/v2/bench/blobs/uploads/`, Buffer.alloc(0));
  const uploaded = await call("PATCH", new URL(session.headers.location ?? "", origin).href, layer);
  const target = new URL(uploaded.headers.location ?? "", origin);
  target.searchParams.set("digest", digest);
  const created = await call("PUT", target.href, Buffer.alloc(0));
  if (created.statusCode !== 201) throw new Error(`the push was answered with ${created.statusCode}`);
}

async function call(method: string, url: string, body: Uint8Array): Promise<IncomingMessage> {
  const sent = request(url, { method, headers: { "content-length": body.length, "content-type": "application/octet-stream" } });
  const answered = once(sent, "response");
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    if (!sent.write(body.subarray(at, at + PIECE_BYTES))) await once(sent, "drain");
  }
  sent.end();
  const [answer] = (await answered) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return answer;
}

async function pullLayer(url: string): Promise<void> {
  const [answer] = (await once(request(url).end(), "response")) as [IncomingMessage];
  let bytes = 0;
  answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
  await once(answer, "end");
  if (bytes !== LAYER_BYTES) throw new Error(`the pull gave ${bytes} bytes`);
}

async function secondsOfDisk(path: string): Promise<number> {
  const bytes = randomBytes(LAYER_BYTES);
  const startMs = systemClock.monotonicMs();
  await using file = await open(path, "w");
  await file.writeFile(bytes);
  await file.sync();
  return (systemClock.monotonicMs() - startMs) / 1000;
}

/** Undefined where it is not installed. */
export async function startDockerRegistry(folder: string): Promise<RegistryProgram | undefined> {
  if (!installed("docker-registry")) return undefined;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, "config.yml"), configuration(folder, port));
  const env = { ...process.env, OTEL_TRACES_EXPORTER: "none" };
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore", env });
  await until("docker-registry answers", 10_000, () => timedGet(origin, "/v2/", "any").catch(() => undefined));
  return {
    origin,
    cpuSeconds: () => platformCpuSeconds(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

function configuration(folder: string, port: number): string {
  return `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${folder}/docker-registry } }
http: { addr: "127.0.0.1:${port}" }
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
