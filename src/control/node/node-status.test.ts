import assert from "node:assert/strict";
import { test } from "node:test";
import { leaseKind } from "../../api/coordination/lease.ts";
import { nodeKind } from "../../api/core/node.ts";
import type { Interceptor } from "../../client/faults.ts";
import { silentLogger } from "../../std/logger.ts";
import { settle } from "../../testing/clock.ts";
import { World, type WorldOptions } from "../../testing/world.ts";
import { runNodeStatus } from "./node-status.ts";

const LEASE = { namespace: "kube-node-lease", name: "kinetic" };
const NODE = { namespace: "", name: "kinetic" };
const facts = { name: "kinetic", ip: "127.0.0.1", cpuMilli: 2000, memoryBytes: 4096 * 1024 };

async function announce(options: WorldOptions = {}, drivers: readonly string[] = ["process"], withoutDrivers = "") {
  const world = new World(options);
  const stop = new AbortController();
  const { client, clock } = world;
  const node = { client, clock, logger: silentLogger, node: facts, version: "v1.32.0", maxPods: 2000, drivers, withoutDrivers };
  const done = runNodeStatus(node, stop.signal);
  await settle();
  return {
    world,
    node: () => world.get(nodeKind, NODE),
    lease: () => world.get(leaseKind, LEASE)?.spec,
    ready: () => world.get(nodeKind, NODE)?.status?.conditions?.find(({ type }) => type === "Ready"),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

test("the node announces itself with capacity, addresses and a Ready condition", async () => {
  await using under = await announce();
  const node = under.node();
  assert.deepEqual(node?.status?.capacity, { cpu: "2000m", memory: "4096Ki", pods: "2000" });
  assert.deepEqual(node?.status?.addresses?.[0], { type: "InternalIP", address: "127.0.0.1" });
  assert.equal(node?.metadata.labels?.["kubernetes.io/hostname"], "kinetic");
  assert.equal(node?.status?.nodeInfo?.containerRuntimeVersion, "kinetic-process://v1.32.0");
  assert.deepEqual([under.ready()?.status, under.ready()?.reason], ["True", "KubeletReady"]);
});

test("a node without a driver is not ready and says why", async () => {
  await using under = await announce({}, [], "containers need runc");
  assert.deepEqual([under.ready()?.status, under.ready()?.reason], ["False", "KubeletNotReady"]);
  assert.equal(under.ready()?.message, "no Pod can run: containers need runc");
  assert.equal(under.node()?.status?.nodeInfo?.containerRuntimeVersion, "kinetic-none://v1.32.0");
});

test("the Lease is renewed every ten seconds, the conditions every five minutes", async () => {
  await using under = await announce();
  const { holderIdentity, leaseDurationSeconds, renewTime } = under.lease() ?? {};
  assert.deepEqual([holderIdentity, leaseDurationSeconds, renewTime], ["kinetic", 40, "2025-01-01T00:00:00.000000Z"]);
  await under.world.clock.advance(9_999);
  assert.equal(under.lease()?.renewTime, renewTime);
  await under.world.clock.advance(1);
  assert.equal(under.lease()?.renewTime, "2025-01-01T00:00:10.000000Z");
  assert.equal(under.ready()?.lastHeartbeatTime, "2025-01-01T00:00:00Z");
  await under.world.clock.advance(290_000);
  assert.equal(under.ready()?.lastHeartbeatTime, "2025-01-01T00:05:00Z");
  assert.equal(under.ready()?.lastTransitionTime, "2025-01-01T00:00:00Z", "it was Ready all the time");
});

test("a refused write is tried again with the next renewal", async () => {
  let refusals = 1;
  const refuse: Interceptor = (_call, proceed) => (refusals-- > 0 ? Promise.reject(new Error("no connection")) : proceed());
  await using under = await announce({ faults: [refuse] });
  assert.equal(under.node(), undefined);
  await under.world.clock.advance(10_000);
  assert.equal(under.ready()?.status, "True");
  assert.equal(under.lease()?.renewTime, "2025-01-01T00:00:10.000000Z");
});

test("after the signal nothing is written", async () => {
  const under = await announce();
  await under[Symbol.asyncDispose]();
  const { length } = under.world.writes;
  await under.world.clock.advance(60_000);
  assert.equal(under.world.writes.length, length);
});
