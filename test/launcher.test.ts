import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const linux = process.platform === "linux" ? false : "other systems have another malloc";

/** A program that says what it was started with, behind a launcher of its own. */
function program(): { readonly path: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "kinetic-launcher-"));
  const main = join(folder, "main.mjs");
  const launcher = pathToFileURL(join(import.meta.dirname, "../bin/launcher.js")).href;
  writeFileSync(
    main,
    `const seen = [process.env.MALLOC_ARENA_MAX ?? "none", process.pid, ...process.argv.slice(2)];
    console.log(JSON.stringify(seen)); if (process.connected) { process.send(seen); process.disconnect(); }`,
  );
  const path = join(folder, "start.mjs");
  writeFileSync(path, `import { launch } from ${JSON.stringify(launcher)}; launch(${JSON.stringify(main)}, process.argv.slice(2));`);
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { MALLOC_ARENA_MAX: _inherited, ...rest } = process.env;
  return { ...rest, ...more };
}

function run(path: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): unknown[] {
  const { pid, stdout } = spawnSync(process.execPath, [path, ...args], { env: environment(more), encoding: "utf8" });
  const [heaps, ran, ...rest] = JSON.parse(stdout) as unknown[];
  assert.equal(ran, pid);
  return [heaps, ...rest];
}

test("the platform, and no other command, runs with few heaps of malloc, unless somebody chose otherwise", { skip: linux }, () => {
  using started = program();
  assert.deepEqual(run(started.path, ["up", "--x"]), ["2", "up", "--x"]);
  assert.deepEqual(run(started.path, ["up"], { MALLOC_ARENA_MAX: "7" }), ["7", "up"]);
  assert.deepEqual(run(started.path, ["doctor"]), ["none", "doctor"]);
});

test("the platform is the very process that was started, and keeps its channel", { skip: linux }, async () => {
  using started = program();
  const child = fork(started.path, ["up"], { env: environment(), silent: true, execArgv: [] });
  const [seen] = (await once(child, "message")) as [unknown[]];
  assert.deepEqual(seen, ["none", child.pid, "up"]);
});
