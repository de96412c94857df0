import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { parseStat, platformCpuSeconds, platformProcesses, platformPssBytes, pssBytes } from "./processes.ts";

test("a process name with brackets and spaces does not shift the fields", () => {
  const text = "42 (odd ) name) S 7 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 1 1 1";
  assert.deepEqual(parseStat(text), { pid: 42, parent: 7, cpuSeconds: 2 });
});

test("Pss is the total of a rollup, in bytes", () => {
  assert.equal(pssBytes("Rss: 9 kB\nPss:            2048 kB\nPss_Dirty: 1 kB\n"), 2048 * 1024);
  assert.equal(pssBytes(""), 0);
});

test("the programs of pods do not count as the platform, other children do", { skip: process.platform !== "linux" }, async () => {
  const wait = ["-e", "process.stdin.resume()"];
  const helper = spawn(process.execPath, wait, { stdio: ["pipe", "ignore", "ignore"] });
  const pod = spawn(process.execPath, wait, { stdio: ["pipe", "ignore", "ignore"], env: { KINETIC_SANDBOX: "{}" } });
  await Promise.all([once(helper, "spawn"), once(pod, "spawn")]);
  const pids = platformProcesses(process.pid).map(({ pid }) => pid);
  assert.ok(pids.includes(process.pid) && pids.includes(helper.pid ?? 0));
  assert.ok(!pids.includes(pod.pid ?? 0));
  assert.ok(platformCpuSeconds(process.pid) > 0 && platformPssBytes(process.pid) > 1_000_000);
  for (const child of [helper, pod]) child.stdin.end();
  await Promise.all([once(helper, "exit"), once(pod, "exit")]);
});
