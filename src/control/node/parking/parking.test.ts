import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { replicaSetKind } from "../../../api/apps/replica-set.ts";
import { PARKING_ANNOTATION, PORTS_ANNOTATION, START_TIER_ANNOTATION } from "../../../api/names/kinetic.ts";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import { systemClock } from "../../../std/clock.ts";
import { silentLogger } from "../../../std/logger.ts";
import { ManualClock } from "../../../testing/clock.ts";
import { requires } from "../../../testing/requirements.ts";
import { isReady, startAgent, type AgentUnderTest } from "../fixtures/agent-world.ts";
import { eventually, makePod } from "../fixtures/fixtures.ts";
import { Sandbox } from "../pod/sandbox.ts";
import { PortAllocator } from "../port-allocator.ts";
import { ParkingLot, type Parked } from "./parking-lot.ts";

const parking = { maxCount: 4, maxBytes: 1e9, ttlMs: 60_000 };
const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "hello-1", namespace: "default", uid: "rs-1" } };
const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "hello-1", uid: "rs-1", controller: true };

function replica(name: string, metadata: Partial<Pod["metadata"]> = {}, env: { name: string; value: string }[] = []): Pod {
  return makePod({ env }, {}, { name, ownerReferences: [owner], ...metadata });
}

const portOf = (pod: Pod) => (JSON.parse(pod.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}") as Record<string, number>)["8080"] ?? 0;

async function ask(pod: Pod): Promise<{ pid: number; served: number }> {
  const response = await fetch(`http://127.0.0.1:${portOf(pod)}/`, { headers: { connection: "close" } });
  const [pid = 0, served = 0] = (await response.text()).split(" ").map(Number);
  return { pid, served };
}

async function parkOne(under: AgentUnderTest, name: string): Promise<{ pid: number; pod: Pod }> {
  const pod = await under.until(name, "ready", isReady);
  const { pid } = await ask(pod);
  under.remove(name);
  await eventually(`${name} is parked or gone`, () => under.pod(name) === undefined);
  return { pid, pod };
}

const processState = async (pid: number) => /^State:\s+(\S)/m.exec(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""))?.[1];

test("a deleted instance is frozen, and the next Pod of the template continues it", { skip: requires("linux") }, async () => {
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(replica("one"));
  const first = await parkOne(under, "one");
  await eventually("the process stands still", async () => (await processState(first.pid)) === "T");
  assert.equal(under.agent.stats().parked, 1);
  assert.ok(under.agent.stats().parkedBytes > 1e6);
  under.world.put(replica("two"));
  const begin = systemClock.monotonicMs();
  const pod = await under.until("two", "ready", isReady);
  assert.ok(systemClock.monotonicMs() - begin < 1000, "far below a fresh start");
  assert.deepEqual(await ask(pod), { pid: first.pid, served: 2 });
  assert.equal(pod.metadata.annotations?.[START_TIER_ANNOTATION], "parked");
  assert.equal(portOf(pod), portOf(first.pod));
  assert.notEqual(pod.status?.containerStatuses?.[0]?.containerID, first.pod.status?.containerStatuses?.[0]?.containerID);
  const log = await under.agent.podLogs({ namespace: "default", name: "two" }, new URLSearchParams()).text();
  assert.equal(log, "", "the log is a new one");
  assert.deepEqual(under.agent.stats().starts, { parked: 1, fresh: 1 });
});

test("an adopted instance with an http probe is Ready only when it has answered", { skip: requires("linux") }, async () => {
  const moody = `
    import { createServer } from "node:http";
    let left = 1; // it answers one probe, and after that is ill
    createServer((request, response) => { response.statusCode = left-- > 0 ? 200 : 503; response.end(); })
      .listen(Number(process.env.PORT), "127.0.0.1");`;
  await using under = await startAgent({ options: { parking }, scripts: { moody }, objects: [replicaSet] });
  const readinessProbe = { httpGet: { path: "/", port: 8080 }, periodSeconds: 60 };
  const instance = (name: string) => makePod({ image: "image:moody", readinessProbe }, {}, { name, ownerReferences: [owner] });
  under.world.put(instance("one"));
  await under.until("one", "ready", isReady);
  under.remove("one");
  await eventually("it is parked", () => under.agent.stats().parked === 1);
  under.world.put(instance("two"));
  const pod = await under.until("two", "adopted", (found) => found.metadata.annotations?.[START_TIER_ANNOTATION] === "parked");
  assert.equal(isReady(pod), false);
});

test("another environment is another start: it is not served by a parked instance", async () => {
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(replica("one"));
  const { pid } = await parkOne(under, "one");
  under.world.put(replica("two", {}, [{ name: "COLOUR", value: "red" }]));
  const pod = await under.until("two", "ready", isReady);
  assert.notEqual((await ask(pod)).pid, pid);
  assert.equal(pod.metadata.annotations?.[START_TIER_ANNOTATION], "fresh");
});

test("a template that opts out, and a bare Pod, end for good", async () => {
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(replica("opted-out", { annotations: { [PARKING_ANNOTATION]: "false" } }));
  under.world.put(replica("bare", { ownerReferences: [] }));
  await parkOne(under, "opted-out");
  await parkOne(under, "bare");
  assert.equal(under.agent.stats().parked, 0);
});

test("parked instances end with their ReplicaSet", async () => {
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(replica("one"));
  const { pid } = await parkOne(under, "one");
  under.world.remove(replicaSetKind, { namespace: "default", name: "hello-1" });
  await eventually("the process is gone", async () => (await processState(pid)) === undefined || (await processState(pid)) === "Z");
  assert.equal(under.agent.stats().parked, 0);
});

test("a Pod whose ReplicaSet went before it ends for good", async () => {
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(replica("one"));
  const pod = await under.until("one", "ready", isReady);
  const { pid } = await ask(pod);
  under.world.remove(replicaSetKind, { namespace: "default", name: "hello-1" });
  under.remove("one");
  await eventually("the process is gone", async () => [undefined, "Z"].includes(await processState(pid)));
  assert.equal(under.agent.stats().parked, 0);
});

test("nothing parked outlives the agent", async () => {
  let pid = 0;
  {
    await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
    under.world.put(replica("one"));
    ({ pid } = await parkOne(under, "one"));
    assert.equal(under.agent.stats().parked, 1);
  }
  assert.throws(() => process.kill(pid, 0));
});

function parked(hash: string, bytes: number, signals: string[]): Parked {
  const sandbox = new Sandbox({ id: hash, folder: `/nonexistent/${hash}`, allocator: new PortAllocator(Math.random) });
  const exit = Promise.withResolvers<never>();
  sandbox.running.set("main", {
    pid: 0,
    startedAt: 0,
    exited: exit.promise,
    signal: (signal) => {
      signals.push(`${hash} ${signal}`);
      exit.resolve({ exitCode: 0, reason: "Completed", finishedAt: 0 } as never);
    },
    freeze: async () => {},
    thaw: async () => {},
    redirectLog: () => {},
    exec: async () => ({ exitCode: 0, output: "" }),
    memoryBytes: async () => bytes,
    listeningPorts: async () => [],
  });
  return { hash, sandbox, records: new Map(), bytes, owner: "rs", graceMs: 1000 };
}

test("parking lot: TTL, count and bytes are limits; the oldest goes first", async () => {
  const clock = new ManualClock();
  const signals: string[] = [];
  const lot = new ParkingLot({ maxCount: 2, maxBytes: 100, ttlMs: 5000 }, clock, silentLogger);
  assert.equal(lot.add(parked("huge", 101, signals)), false);
  assert.equal(lot.add(parked("a", 30, signals)), true);
  await clock.advance(1000);
  lot.add(parked("b", 30, signals));
  lot.add(parked("c", 30, signals));
  assert.deepEqual(signals, ["a SIGTERM"], "the count");
  lot.add(parked("d", 80, signals));
  assert.deepEqual(signals.slice(1), ["b SIGTERM", "c SIGTERM"], "the bytes");
  await clock.advance(4999);
  assert.equal(lot.count, 1);
  await clock.advance(1);
  assert.deepEqual([lot.count, lot.bytes, signals.at(-1)], [0, 0, "d SIGTERM"]);
});

test("parking lot: the youngest of equal ones is taken, once", () => {
  const lot = new ParkingLot({ maxCount: 5, maxBytes: 100, ttlMs: 5000 }, new ManualClock(), silentLogger);
  const [old, young] = [parked("x", 1, []), parked("x", 1, [])];
  lot.add(old);
  lot.add(young);
  assert.equal(lot.take("x")?.sandbox, young.sandbox);
  assert.equal(lot.take("x")?.sandbox, old.sandbox);
  assert.equal(lot.take("x"), undefined);
});
