import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { startLocal, type StartResult } from "./process.ts";

const OPTIONS = { clock: systemClock, env: process.env, readinessPath: "/ready", timeoutMs: 10_000, output: () => {} };

async function start(
  t: TestContext,
  script: string,
  more: Partial<typeof OPTIONS> = {},
  signal = new AbortController().signal,
): Promise<StartResult> {
  const program = { argv: [process.execPath, "-e", script], cwd: process.cwd(), env: { EXTRA: "1" } };
  const result = await startLocal(program, { ...OPTIONS, ...more }, signal);
  t.after(async () => {
    if (result.kind === "ready") await result.running.stop(0);
  });
  return result;
}

const SERVE = `
  let calls = 0;
  require("http").createServer((q, r) => { r.statusCode = q.url !== "/ready" || ++calls > 2 ? 200 : 503; r.end(process.env.EXTRA); })
    .listen(process.env.PORT, "127.0.0.1");`;

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("local function: ready once it says so, on its own port, and gone when it is stopped", async (t) => {
  const result = await start(t, SERVE);
  assert.ok(result.kind === "ready");
  assert.equal(await (await fetch(`http://127.0.0.1:${result.running.port}/`)).text(), "1");
  await result.running.stop(5000);
  assert.equal(await result.running.ended, "it was ended by SIGTERM");
  assert.equal(isAlive(result.running.pid), false);
});

test("local function: one that ends, is missing or never gets ready says why", async (t) => {
  const ended = await start(t, `console.error("no database"); process.exit(3)`);
  assert.deepEqual(ended, { kind: "failed", message: "it ended with code 3\nno database" });
  const never = await start(t, `require("http").createServer((q, r) => r.writeHead(500).end()).listen(process.env.PORT, "127.0.0.1")`, {
    timeoutMs: 1500,
  });
  assert.deepEqual(never, { kind: "failed", message: "it is not ready after 1.5 s: /ready answers 500" });
  const missing = await startLocal({ argv: ["/does/not/exist"], cwd: process.cwd(), env: {} }, OPTIONS, new AbortController().signal);
  assert.ok(missing.kind === "failed");
  assert.match(missing.message, /could not be started: .*ENOENT/);
});

test("local function: one that ignores SIGTERM is killed after its grace", async (t) => {
  const result = await start(t, `process.on("SIGTERM", () => {}); ${SERVE}`);
  assert.ok(result.kind === "ready");
  await result.running.stop(50);
  assert.equal(await result.running.ended, "it was ended by SIGKILL");
});

test("local function: it does not outlive the process that started it, even if that is killed", async () => {
  const module = new URL("./process.ts", import.meta.url).href;
  const program = { argv: [process.execPath, "-e", SERVE], cwd: process.cwd(), env: {} };
  const parent = `
    const { startLocal } = await import(${JSON.stringify(module)});
    const { systemClock } = await import(${JSON.stringify(new URL("../../std/clock.ts", import.meta.url).href)});
    const options = { clock: systemClock, env: process.env, readinessPath: "/ready", timeoutMs: 10_000, output: () => {} };
    const started = await startLocal(${JSON.stringify(program)}, options, new AbortController().signal);
    console.log(started.running.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", parent], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  assert.equal(isAlive(pid), true);
  child.kill("SIGKILL");
  const deadline = Date.now() + 5000;
  while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isAlive(pid), false);
});

test("local function: giving up the wait leaves no process", async (t) => {
  const end = new AbortController();
  const pid = Promise.withResolvers<number>();
  const output = (text: string) => pid.resolve(Number(text));
  const starting = start(t, `console.log(process.pid); setInterval(() => {}, 1000)`, { output } as Partial<typeof OPTIONS>, end.signal);
  const started = await pid.promise;
  end.abort(new Error("stopped by the user"));
  await assert.rejects(starting, /stopped by the user/);
  assert.equal(isAlive(started), false);
});
