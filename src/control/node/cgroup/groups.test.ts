import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../std/clock.ts";
import { requires } from "../../../testing/requirements.ts";
import { eventually } from "../fixtures/fixtures.ts";
import type { Cgroups } from "./contract.ts";
import { field, GroupsV2, openCgroups } from "./groups.ts";
import { layoutOf } from "./layout.ts";

test("cgroup layout: version 2 alone, version 1 with and without a unified tree, none", () => {
  const unified = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0";
  assert.deepEqual(layoutOf(unified), { version: 2, root: "/sys/fs/cgroup" });
  const old = "cgroup /cg/cpu cgroup rw,relatime,cpu,cpuacct 0 0\ncgroup /cg/memory cgroup rw,memory 0 0";
  const hierarchies = [
    { root: "/cg/cpu", controllers: ["cpu", "cpuacct"] },
    { root: "/cg/memory", controllers: ["memory"] },
  ];
  assert.deepEqual(layoutOf(old), { version: 1, hierarchies });
  const hybrid = layoutOf(`${old}\ncgroup2 /cg/unified cgroup2 rw 0 0`);
  assert.deepEqual(hybrid, { version: 1, hierarchies: [...hierarchies, { root: "/cg/unified", controllers: [""] }] });
  assert.deepEqual(layoutOf("cgroup /cg/systemd cgroup rw,name=systemd 0 0\ncgroup2 /cg/unified cgroup2 rw 0 0"), {
    version: 2,
    root: "/cg/unified",
  });
  assert.equal(layoutOf("proc /proc proc rw 0 0"), undefined);
});

test("cgroup files: a number behind a name", () => {
  assert.equal(field("low 0\noom_kill 3\noom_kill_group 1\n", "oom_kill"), 3);
  assert.equal(field("", "oom_kill"), 0);
});

const NAME = `/kinetic-test-${process.pid}`;

/** A spinning process in a group of each hierarchy: freezing is seen in its consumed time. */
async function frozenAndThawed(cgroups: Cgroups, roots: readonly string[]): Promise<void> {
  await using _cleanup = { [Symbol.asyncDispose]: () => cgroups.destroy(NAME) };
  const child = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  for (const root of roots) {
    await mkdir(join(root, NAME, "inner"), { recursive: true });
    await writeFile(join(root, NAME, "inner", "cgroup.procs"), String(child.pid));
  }
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ticks = async () => (await readFile(`/proc/${child.pid}/stat`, "utf8")).split(" ").slice(13, 15).join("+");
  assert.deepEqual(await cgroups.pids(NAME), [child.pid]);
  assert.deepEqual(await cgroups.children(NAME), ["inner"]);
  const inner = `${NAME}/inner`;
  await cgroups.freeze(inner);
  const before = await ticks();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await ticks(), before);
  await cgroups.thaw(inner);
  await eventually("time goes on", async () => (await ticks()) !== before);
  await cgroups.freeze(inner);
  await cgroups.destroy(NAME);
  await exited;
  assert.deepEqual(await cgroups.children(NAME), []);
  await cgroups.destroy(NAME);
}

test("cgroups of this machine freeze, thaw and destroy", { skip: requires("root", "linux") }, async () => {
  const mounts = layoutOf(await readFile("/proc/mounts", "utf8"));
  const cgroups = await openCgroups(systemClock);
  assert.ok(cgroups !== undefined && mounts !== undefined);
  const roots = mounts.version === 2 ? [mounts.root] : mounts.hierarchies.filter((one) => !one.controllers.includes("cpuset"));
  await frozenAndThawed(
    cgroups,
    roots.map((one) => (typeof one === "string" ? one : one.root)),
  );
});

test("cgroup version 2 freezes, thaws and destroys", { skip: requires("root", "linux") }, async (t) => {
  const mounts = await readFile("/proc/mounts", "utf8");
  const root = mounts
    .split("\n")
    .find((line) => line.split(" ")[2] === "cgroup2")
    ?.split(" ")[1];
  if (root === undefined) return t.skip("needs a cgroup2 mount");
  await frozenAndThawed(new GroupsV2(root, systemClock), [root]);
});
