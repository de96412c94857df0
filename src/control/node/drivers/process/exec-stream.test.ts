import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import type { ProgramStreams, TerminalSize } from "../../../../api/ports/pod-streams.ts";
import { requires } from "../../../../testing/requirements.ts";
import { eventually, openFolder, processDriver, scriptImages } from "../../fixtures/fixtures.ts";
import { scriptSpec } from "../../fixtures/script-spec.ts";
import type { RunningContainer } from "../contract.ts";

const never = new AbortController().signal;

interface Under extends AsyncDisposable {
  readonly container: RunningContainer;
  run(script: string, streams: ProgramStreams, signal?: AbortSignal): ReturnType<NonNullable<RunningContainer["execStream"]>>;
}

/** A container that does nothing, to run programs beside. */
async function make(): Promise<Under> {
  const folder = await openFolder();
  const driver = processDriver(folder.path);
  await scriptImages(folder.path, { idle: "setInterval(() => {}, 1e3)" });
  const started = await driver.start(scriptSpec(folder.path, "idle"), never);
  if (started.kind !== "started") throw new Error(started.message);
  const { container } = started;
  return {
    container,
    run: (script, streams, signal = never) => {
      assert.ok(container.execStream);
      return container.execStream(["node", "-e", script], streams, signal);
    },
    [Symbol.asyncDispose]: async () => {
      container.signal("SIGKILL");
      await container.exited;
      await driver[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function collector() {
  const chunks: Buffer[] = [];
  return { sink: async (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)), text: () => Buffer.concat(chunks).toString() };
}

async function* input(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("a streamed program has its streams apart, its input ends, and its exit code comes after its output", async () => {
  await using under = await make();
  const [out, err] = [collector(), collector()];
  const script = `process.stdin.pipe(process.stdout); console.error("err"); process.stdin.on("end", () => process.exitCode = 7)`;
  const end = await under.run(script, { stdin: input("one ", "two"), stdout: out.sink, stderr: err.sink });
  assert.deepEqual([end, out.text(), err.text()], [{ kind: "exited", exitCode: 7 }, "one two", "err\n"]);
});

test("a streamed program that does not exist says so", async () => {
  await using under = await make();
  const end = await under.container.execStream?.(["/bin/none"], {}, never);
  assert.deepEqual(end, { kind: "failed", message: 'exec: "/bin/none": stat /bin/none: no such file or directory' });
});

test("a program waits for who takes its output slowly, and nothing is lost", async () => {
  await using under = await make();
  const hash = createHash("sha256");
  let bytes = 0;
  const sink = async (chunk: Uint8Array) => {
    hash.update(chunk);
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    bytes += chunk.length;
  };
  const script = `for (let i = 0; i < 320; i++) require("fs").writeSync(1, Buffer.alloc(1e5, i))`;
  const end = await under.run(script, { stdout: sink });
  const expected = createHash("sha256");
  for (let i = 0; i < 320; i++) expected.update(Buffer.alloc(1e5, i));
  assert.deepEqual([end, bytes, hash.digest("hex")], [{ kind: "exited", exitCode: 0 }, 32e6, expected.digest("hex")]);
});

test("an abort ends a streamed program and what it started", async () => {
  await using under = await make();
  const out = collector();
  const stop = new AbortController();
  const script = `
    const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e3)"]);
    console.log(child.pid); setInterval(() => {}, 1e3)`;
  const ended = under.run(script, { stdout: out.sink }, stop.signal);
  const pid = await eventually("a child", () => (out.text().endsWith("\n") ? Number(out.text()) : undefined));
  stop.abort();
  assert.deepEqual(await ended, { kind: "exited", exitCode: 137 });
  await eventually("its child to end", () => !isAlive(pid));
});

test("a streamed program ends with its container", async () => {
  await using under = await make();
  const out = collector();
  const ended = under.run(`console.log("up"); setInterval(() => {}, 1e3)`, { stdout: out.sink });
  await eventually("it to run", () => out.text() === "up\n");
  under.container.signal("SIGKILL");
  assert.deepEqual(await ended, { kind: "exited", exitCode: 137 });
});

test("output of others that hold the stream is taken until it pauses", async () => {
  await using under = await make();
  const out = collector();
  const child = `setTimeout(() => console.log("late"), 50); setInterval(() => {}, 1e3)`;
  const options = `{ detached: true, stdio: ["ignore", "inherit", "ignore"] }`;
  const script = `
    const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], ${options});
    child.unref(); console.log(child.pid)`;
  const end = await under.run(script, { stdout: out.sink });
  assert.deepEqual(end, { kind: "exited", exitCode: 0 });
  process.kill(Number(out.text().split("\n")[0]), "SIGKILL");
});

const terminal = { skip: existsSync("/usr/bin/script") ? requires("linux") : "no script(1)" };

test("a program in a terminal sees one of the size that its client has, and its exit code is its own", terminal, async () => {
  await using under = await make();
  const out = collector();
  const { promise: larger, resolve: enlarge } = Promise.withResolvers<TerminalSize>();
  async function* sizes() {
    yield { columns: 81, rows: 25 };
    yield await larger;
  }
  const script = `
    const { stdout, env } = process;
    const tell = () => console.log([stdout.isTTY, env.TERM, stdout.columns, stdout.rows, "it's"].join(" "));
    stdout.on("resize", tell); tell();
    process.stdin.on("data", (text) => process.exit(Number(text)));`;
  async function* keys() {
    await eventually("the other size", () => out.text().includes("true xterm 120 40"));
    yield Buffer.from("5\r");
  }
  const ended = under.run(script, { stdin: keys(), stdout: out.sink, terminal: sizes() });
  await eventually("the size", () => out.text().includes("true xterm 81 25 it's\r\n"));
  enlarge({ columns: 120, rows: 40 });
  assert.deepEqual(await ended, { kind: "exited", exitCode: 5 });
});

test("an abort ends a program in a terminal, too", terminal, async () => {
  await using under = await make();
  const out = collector();
  const stop = new AbortController();
  async function* sizes(): AsyncGenerator<TerminalSize> {}
  const script = `process.on("SIGHUP", () => {}); console.log(process.pid); setInterval(() => {}, 1e3)`;
  const ended = under.run(script, { stdout: out.sink, terminal: sizes() }, stop.signal);
  const pid = await eventually("its number", () => (out.text().endsWith("\n") ? Number(out.text()) : undefined));
  stop.abort();
  assert.equal((await ended).kind, "exited");
  await eventually("its end", () => !isAlive(pid));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a platform that is killed leaves no socket of its streams behind", { skip: requires("linux") }, async (t) => {
  const temporary = await openFolder();
  t.after(() => temporary[Symbol.asyncDispose]());
  const program = fileURLToPath(new URL("../../fixtures/stream-parent.ts", import.meta.url));
  const parent = spawn(process.execPath, [program], {
    env: { ...process.env, TMPDIR: temporary.path },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(parent.stdout, "data")) as [Buffer];
  assert.equal(said.toString(), "streaming\n");
  assert.notDeepEqual(await doorsIn(temporary.path), []);
  parent.kill("SIGKILL");
  await eventually("an empty folder", async () => (await doorsIn(temporary.path)).length === 0);
});

async function doorsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => existsSync(join(folder, name, "streams")));
}

test("an argument that could be no path is passed on as it is", async () => {
  await using under = await make();
  const end = await under.run(`"${"long ".repeat(2000)}"; process.exit(4)`, {});
  assert.deepEqual(end, { kind: "exited", exitCode: 4 });
});
