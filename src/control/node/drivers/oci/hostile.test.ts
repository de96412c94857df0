/** Containers that misbehave, and what is left of a driver. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../../std/clock.ts";
import { openCgroups } from "../../cgroup/groups.ts";
import { eventually, openFolder } from "../../fixtures/fixtures.ts";
import type { RunningContainer } from "../contract.ts";
import { makeOci, nameOf, skipGo, tracesOf, type OciUnderTest } from "./fixtures/oci-world.ts";

const options = { skip: skipGo };
const text = (path: string) => readFile(path, "utf8").catch(() => "");

/** A neighbour that has to go on as if nothing happened. */
async function neighbour(under: OciUnderTest): Promise<RunningContainer> {
  return under.run(await under.program({ args: ["sleep"] }));
}

async function answers(container: RunningContainer): Promise<void> {
  const { exitCode, output } = await container.exec(["/app", "say", "fine"], AbortSignal.timeout(10_000));
  assert.deepEqual([exitCode, output], [0, "fine\n"]);
}

test("oci driver: forking without end is bounded, and the neighbour answers", options, async () => {
  await using under = await makeOci();
  const other = await neighbour(under);
  const spec = await under.program({ args: ["fork"], memoryLimitBytes: 400e6, cpu: { limitMilli: 500 } });
  const container = await under.run(spec);
  await eventually("it is alive", async () => (await container.memoryBytes()) > 50e6, 20_000);
  await answers(other);
  container.signal("SIGKILL");
  assert.equal((await container.exited).exitCode, 137);
  other.signal("SIGKILL");
});

test("oci driver: too many processes are refused by the system", options, async () => {
  await using under = await makeOci();
  const limit =
    (await readdir("/sys/fs/cgroup/pids").catch(() => [])).length > 0 ? "/sys/fs/cgroup/pids/pids.max" : "/sys/fs/cgroup/pids.max";
  const spec = await under.program({ args: ["report", limit] });
  await (
    await under.run(spec)
  ).exited;
  assert.match(await text(spec.logPath), /read-only: 2048/);
});

test("oci driver: memory without end is ended as OOMKilled, and the neighbour answers", options, async () => {
  await using under = await makeOci();
  const other = await neighbour(under);
  const container = await under.run(await under.program({ args: ["eat"], memoryLimitBytes: 100e6 }));
  const { exitCode, reason } = await container.exited;
  assert.deepEqual([exitCode, reason], [137, "OOMKilled"]);
  await answers(other);
  other.signal("SIGKILL");
});

test("oci driver: SIGTERM may be ignored, SIGKILL may not; killing process 1 from inside does nothing", options, async () => {
  await using under = await makeOci();
  const spec = await under.program({ args: ["stubborn"] });
  const container = await under.run(spec);
  await eventually("it is up", async () => (await text(spec.logPath)).includes("stubborn"));
  container.signal("SIGTERM");
  await container.exec(["/app", "exit", "0"], AbortSignal.timeout(5000));
  void container.exec(["/app", "kill-init"], AbortSignal.timeout(1000));
  await answers(container);
  container.signal("SIGKILL");
  const { exitCode, reason } = await container.exited;
  assert.deepEqual([exitCode, reason], [137, "Error"]);
});

test("oci driver: when process 1 ends, everything of the container ends", options, async () => {
  await using under = await makeOci();
  const container = await under.run(await under.program({ args: ["orphan"] }));
  const { exitCode } = await container.exited;
  assert.equal(exitCode, 3);
  assert.equal(await sleepersIn(under.name), 0);
});

test("oci driver: an exec that takes too long is ended, inside of the container too", options, async () => {
  await using under = await makeOci();
  const container = await neighbour(under);
  await container.exec(["/app", "sleep"], AbortSignal.timeout(300));
  await eventually("one process is left", async () => (await sleepersIn(under.name)) === 1);
  container.signal("SIGKILL");
  await container.exited;
});

test("oci driver: an exec with streams carries input and output, also in a terminal", options, async () => {
  await using under = await makeOci();
  const container = await under.run(await under.program({ args: ["sleep"] }));
  const run = async (terminal: boolean, ...argv: string[]) => {
    let output = "";
    const stdout = async (bytes: Uint8Array) => void (output += Buffer.from(bytes).toString());
    const size = (async function* () {
      yield { columns: 80, rows: 24 };
    })();
    const streams = terminal
      ? { stdout, terminal: size }
      : {
          stdout,
          stdin: (async function* () {
            yield Buffer.from("words");
          })(),
        };
    const end = await container.execStream?.(argv, streams, AbortSignal.timeout(10_000));
    return [end, output] as const;
  };
  const [end, output] = await run(false, "/app", "report");
  assert.deepEqual(end, { kind: "exited", exitCode: 0 });
  assert.equal((JSON.parse(output) as { stdin: string }).stdin, "words");
  assert.match((await run(true, "/app", "say", "in a terminal"))[1], /in a terminal\r\n$/);
  container.signal("SIGKILL");
});

test("oci driver: what a container wrote is given back to the disk when it has ended", options, async () => {
  await using under = await makeOci();
  const spec = await under.program({ args: ["fill", "/big"] });
  const container = await under.run(spec);
  const written = () => Number(execFileSync("du", ["-sk", join(spec.folder, "oci")], { encoding: "utf8" }).split("\t")[0]) > 20_000;
  await eventually("some is written", written);
  container.signal("SIGKILL");
  await container.exited;
  await eventually("nothing is left", async () => (await readdir(join(spec.folder, "oci"))).length === 0);
});

test("oci driver: when the disk is nearly full, who wrote most is evicted, and the neighbour answers", options, async () => {
  await using under = await makeOci({ diskReserveBytes: 1e18 });
  const other = await neighbour(under);
  const container = await under.run(await under.program({ args: ["fill", "/big"] }));
  const { exitCode, reason } = await container.exited;
  assert.deepEqual([exitCode, reason], [137, "Evicted"]);
  await answers(other);
  other.signal("SIGKILL");
});

test("oci driver: who writes more than its limit is evicted", { ...options, timeout: 40_000 }, async () => {
  await using under = await makeOci();
  const container = await under.run(await under.program({ args: ["fill", "/big"], diskLimitBytes: 1e6, memoryLimitBytes: 100e6 }));
  assert.equal((await container.exited).reason, "Evicted");
});

async function sleepersIn(name: string): Promise<number> {
  const cgroups = await openCgroups(systemClock);
  return (await cgroups?.pids(`/${name}`))?.length ?? 0;
}

test("oci driver: nothing is left after its end", options, async () => {
  let name: string;
  {
    await using under = await makeOci({ network: {} });
    name = under.name;
    await using network = await under.driver.network("pod", new AbortController().signal);
    const container = await under.run(await under.program({ args: ["sleep"], network }));
    assert.notDeepEqual(tracesOf(name), []);
    container.signal("SIGKILL");
    await container.exited;
  }
  assert.deepEqual(tracesOf(name), []);
});

/** Leaves what a killed platform leaves in a folder. Its spawner cannot tidy up: the worst case. */
async function leaveOrphans(folder: string): Promise<readonly number[]> {
  const parent = fileURLToPath(new URL("./fixtures/orphan-parent.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [parent, folder], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const { pids, rootfs } = JSON.parse(stdout) as { pids: number[]; rootfs: string };
  await rm(rootfs, { recursive: true, force: true });
  assert.notDeepEqual(tracesOf(nameOf(folder)), []);
  return pids;
}

test("oci driver: what a killed platform left behind is swept, frozen or not", options, async () => {
  await using folder = await openFolder();
  const pids = await leaveOrphans(folder.path);
  await using under = await makeOci({ network: {}, folder: folder.path });
  assert.equal(await under.driver.sweepOrphans(), 2);
  assert.deepEqual(tracesOf(under.name), []);
  for (const pid of pids) assert.ok(!existsSync(`/proc/${pid}/root/app`), String(pid));
});

test("oci driver: what a killed platform of another folder left is swept by the next one that starts", options, async () => {
  await using folder = await openFolder();
  await leaveOrphans(folder.path);
  await using under = await makeOci();
  assert.equal(await under.driver.sweepOrphans(), 0);
  assert.deepEqual(tracesOf(nameOf(folder.path)), []);
});
