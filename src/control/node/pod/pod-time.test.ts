import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Pod, Volume } from "../../../api/k8s/types.generated.ts";
import { ManualClock } from "../../../testing/clock.ts";
import { startAgent, type AgentUnderTest } from "../fixtures/agent-world.ts";
import { FakeDriver } from "../fixtures/fake-driver.ts";
import { eventually, makePod } from "../fixtures/fixtures.ts";
import type { TokenRequest } from "./volumes.ts";

const state = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state;

interface Timed extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly driver: FakeDriver;
  readonly under: AgentUnderTest;
}

async function startTimed(): Promise<Timed> {
  const clock = new ManualClock();
  const driver = new FakeDriver(clock);
  let issued = 0;
  const tokens = { token: async ({ audience }: TokenRequest) => `token ${++issued} for ${audience}` };
  const under = await startAgent({ options: { clock, drivers: [driver], tokens } });
  return { clock, driver, under, [Symbol.asyncDispose]: () => under[Symbol.asyncDispose]() };
}

const bare = { ports: [], readinessProbe: undefined };

test("CrashLoopBackOff: at once, then after 10, 20, 40 s to the millisecond; ten minutes of running forgive", async () => {
  await using timed = await startTimed();
  const { clock, driver, under } = timed;
  under.world.put(makePod(bare, {}, { name: "crash", uid: "u" }));
  await eventually("the first start", () => driver.starts.length === 1);
  driver.exit(1);
  await eventually("a restart at once", () => driver.starts.length === 2);
  for (const [round, seconds] of [10, 20, 40].entries()) {
    driver.exit(1);
    const text = `back-off ${seconds}s restarting failed container=main pod=crash_default(u)`;
    await under.until("crash", text, (pod) => state(pod)?.waiting?.message === text);
    await clock.advance(seconds * 1000 - 1);
    assert.equal(driver.starts.length, round + 2, `not before ${seconds} s`);
    await clock.advance(1);
    await eventually("the restart", () => driver.starts.length === round + 3);
  }
  await clock.advance(600_000);
  driver.exit(1);
  await eventually("forgiven", () => driver.starts.length === 6);
  assert.equal(under.pod("crash")?.status?.containerStatuses?.[0]?.state?.waiting?.reason, undefined);
});

const tokenVolume: Volume = {
  name: "token",
  projected: { sources: [{ serviceAccountToken: { path: "token", audience: "api", expirationSeconds: 1000 } }] },
};

function mounted(name: string, volume: Volume): Pod {
  const volumeMounts = [{ name: volume.name, mountPath: "/app/data" }];
  return makePod({ ...bare, volumeMounts }, { volumes: [volume] }, { name, labels: { colour: "red" } });
}

async function volumeFile({ driver }: Timed, name: string): Promise<() => Promise<string>> {
  await eventually("the start", () => driver.starts.length === 1);
  const folder = driver.starts[0]?.mounts[0]?.hostPath ?? "";
  return () => readFile(join(folder, name), "utf8");
}

test("a projected token is renewed when 80 % of its life is over", async () => {
  await using timed = await startTimed();
  timed.under.world.put(mounted("renewed", tokenVolume));
  const read = await volumeFile(timed, "token");
  assert.equal(await read(), "token 1 for api");
  await timed.clock.advance(799_999);
  assert.equal(await read(), "token 1 for api");
  await timed.clock.advance(1);
  await eventually("the second token", async () => (await read()) === "token 2 for api");
  await timed.clock.advance(800_000);
  await eventually("the third token", async () => (await read()) === "token 3 for api");
});

test("a change elsewhere in the namespace asks for no new token", async () => {
  await using timed = await startTimed();
  timed.under.world.put(mounted("calm", { name: "both", projected: { sources: [...(tokenVolume.projected?.sources ?? []), settings] } }));
  const putSettings = (colour: string) =>
    timed.under.world.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings", namespace: "default" },
      data: { colour },
    } as never);
  putSettings("red");
  const read = await volumeFile(timed, "colour");
  assert.equal(await read(), "red");
  putSettings("blue");
  await eventually("the new data", async () => (await read()) === "blue");
  assert.equal(await (await volumeFile(timed, "token"))(), "token 1 for api");
});

const settings = { configMap: { name: "settings" } };

test("downward volumes follow the labels of the Pod", async () => {
  await using timed = await startTimed();
  const items = [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }];
  timed.under.world.put(mounted("labelled", { name: "info", downwardAPI: { items } }));
  const read = await volumeFile(timed, "labels");
  assert.equal(await read(), 'colour="red"');
  const pod = timed.under.pod("labelled");
  assert.ok(pod);
  timed.under.world.put({ ...pod, metadata: { ...pod.metadata, labels: { colour: "blue" } } });
  await eventually("the new label", async () => (await read()) === 'colour="blue"');
});

test("a token that cannot be renewed is asked for again, and the old one stays", async () => {
  const clock = new ManualClock();
  const driver = new FakeDriver(clock);
  let asked = 0;
  const tokens = {
    token: async () => {
      asked += 1;
      if (asked === 2) throw new Error("no signer");
      return `token ${asked}`;
    },
  };
  await using under = await startAgent({ options: { clock, drivers: [driver], tokens } });
  const timed = { clock, driver, under, [Symbol.asyncDispose]: async () => {} };
  under.world.put(mounted("stubborn", tokenVolume));
  const read = await volumeFile(timed, "token");
  await clock.advance(800_000);
  await eventually("the failed renewal", () => asked === 2);
  assert.equal(await read(), "token 1");
  await clock.advance(10_000);
  await eventually("the next try", async () => (await read()) === "token 3");
});

test("a Pod whose account is not there waits and says so; tokens come when the account comes back", async () => {
  const clock = new ManualClock();
  const driver = new FakeDriver(clock);
  let there = false;
  let asked = 0;
  const tokens = { token: async () => (asked++, there ? `token ${asked}` : undefined) };
  await using under = await startAgent({ options: { clock, drivers: [driver], tokens } });
  const timed = { clock, driver, under, [Symbol.asyncDispose]: async () => {} };
  under.world.put(mounted("orphan", tokenVolume));
  const why = 'MountVolume.SetUp failed for volume "token" : failed to fetch token: serviceaccounts "default" not found';
  await eventually("the reason", () => under.world.events.includes(`Warning FailedMount ${why}`));
  assert.equal(driver.starts.length, 0);
  there = true;
  await clock.advance(1000);
  const read = await volumeFile(timed, "token");
  assert.match(await read(), /^token \d+$/);
  const before = asked;
  there = false;
  await clock.advance(800_000);
  await eventually("the refused renewal", () => asked > before);
  there = true;
  await clock.advance(10_000);
  await eventually("a new token", async () => (await read()) === `token ${asked}` && asked >= before + 2);
});
