import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ContainerSpec, Driver, RunningContainer } from "./contract.ts";
import { eventually } from "../fixtures/fixtures.ts";

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  readonly folder: string;
  /** A container of an image with one script. */
  spec(script: string, change?: Partial<ContainerSpec>): Promise<ContainerSpec>;
}

/** What every driver promises. `make` gives a fresh one in a folder of its own. */
export function driverContract(name: string, make: () => Promise<DriverUnderTest>): void {
  const run = async (under: DriverUnderTest, script: string, change: Partial<ContainerSpec> = {}) => {
    const spec = await under.spec(script, change);
    const result = await under.driver.start(spec, new AbortController().signal);
    assert.equal(result.kind, "started", JSON.stringify(result));
    return { spec, container: (result as { container: RunningContainer }).container };
  };

  test(`${name}: output goes to the log and the exit code is reported after it`, async () => {
    await using under = await make();
    const { spec, container } = await run(under, `console.log("out"); console.error("err"); process.exit(7);`);
    const exit = await container.exited;
    assert.deepEqual([exit.exitCode, exit.reason], [7, "Error"]);
    const log = await readFile(spec.logPath, "utf8");
    assert.match(log, /^\S+Z stdout F out$/m);
    assert.match(log, /^\S+Z stderr F err$/m);
  });

  test(`${name}: environment, arguments and SIGTERM`, async () => {
    await using under = await make();
    const env = [{ name: "COLOUR", value: "red" }];
    const script = `
      process.on("SIGTERM", () => process.exit(9));
      console.log(process.env.COLOUR, process.argv[2]);
      setInterval(() => {}, 1e3);`;
    const { spec, container } = await run(under, script, { env, args: ["--x"] });
    await eventually("the line", async () => (await readFile(spec.logPath, "utf8").catch(() => "")).includes("red --x"));
    container.signal("SIGTERM");
    const exit = await container.exited;
    assert.deepEqual([exit.exitCode, exit.reason], [9, "Error"]);
    container.signal("SIGKILL");
  });

  test(`${name}: freezing stops it, thawing continues it, output can be redirected`, async () => {
    await using under = await make();
    const { spec, container } = await run(under, `let n = 0; setInterval(() => console.log(++n), 5)`);
    const read = (path: string) => readFile(path, "utf8").catch(() => "");
    await eventually("ticks", async () => (await read(spec.logPath)).includes("F 3"));
    await container.freeze();
    const settled = await eventually("silence", async () => {
      const before = await read(spec.logPath);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return before === (await read(spec.logPath)) ? before : undefined;
    });
    const other = join(under.folder, "logs", "other.log");
    container.redirectLog(other);
    await container.thaw();
    await eventually("ticks in the other file", async () => (await read(other)).includes("stdout F"));
    assert.equal(await read(spec.logPath), settled);
    container.signal("SIGKILL");
    assert.equal((await container.exited).exitCode, 137);
  });

  test(`${name}: a frozen container obeys SIGTERM`, async () => {
    await using under = await make();
    const { container } = await run(under, `process.on("SIGTERM", () => process.exit(0)); console.log("up"); setInterval(() => {}, 1e3)`);
    await eventually("memory", async () => (await container.memoryBytes()) > 1e6);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await container.freeze();
    container.signal("SIGTERM");
    await container.exited;
  });

  test(`${name}: too much memory is OOMKilled`, async () => {
    await using under = await make();
    const script = `const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 10)`;
    const { container } = await run(under, script, { memoryLimitBytes: 150e6 });
    const exit = await container.exited;
    assert.deepEqual([exit.exitCode, exit.reason], [137, "OOMKilled"]);
  });

  test(`${name}: exec runs beside it`, async () => {
    await using under = await make();
    const { container } = await run(
      under,
      `if (process.argv[2] === "check") { console.log("fine"); process.exit(3); } setInterval(() => {}, 1e3)`,
    );
    const result = await container.exec(["node", "app/main.mjs", "check"], new AbortController().signal);
    assert.deepEqual(result, { exitCode: 3, output: "fine\n" });
    assert.notEqual((await container.exec(["/bin/none"], new AbortController().signal)).exitCode, 0);
    container.signal("SIGKILL");
  });
}
