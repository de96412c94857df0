import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../../std/clock.ts";
import { silentLogger } from "../../../../std/logger.ts";
import { moduleUrl } from "../../../../std/module-url.ts";
import { seededRandom } from "../../../../std/random.ts";
import { openSqliteStore } from "./open.ts";

/** Lets the writer work until it has had `count` answers, kills it, and gives every answer that it printed. */
async function killAfter(folder: string, count: number): Promise<Map<string, number>> {
  const script = fileURLToPath(moduleUrl(import.meta.url, "./sigkill-writer"));
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [revision = "", key = ""] = line.split(" ");
    if (key !== "") acknowledged.set(key, Number(revision));
    if (acknowledged.size === count) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");
  return acknowledged;
}

test("SIGKILL at random moments loses no acknowledged write and repeats no revision", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sigkill-"));
  try {
    const random = seededRandom(7);
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      const answers = await killAfter(folder, 1 + Math.floor(random() * 3_000));
      for (const [key, revision] of answers) acknowledged.set(key, revision);
    }
    assert.equal(new Set(acknowledged.values()).size, acknowledged.size, "no revision was issued twice");
    const opened = await openSqliteStore({ directory: folder, clock: systemClock, logger: silentLogger });
    if (opened.kind !== "ok") assert.fail(opened.message);
    await using store = opened.store;
    const { values } = await store.list("");
    const found = new Map(values.map(({ key, revision }) => [key, revision]));
    for (const [key, revision] of acknowledged) assert.equal(found.get(key), revision, key);
    assert.ok(store.revision() > Math.max(...acknowledged.values()));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
