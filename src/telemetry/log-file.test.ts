import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Logger } from "../std/logger.ts";
import { requires } from "../testing/requirements.ts";
import { createLogger } from "./logger.ts";

const maxBytes = 64 * 1024;
const LINES = 4000;

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-log-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** About 150 bytes a line, numbered; turns between, as work has. */
async function fill(logger: Logger, who: string): Promise<void> {
  for (let line = 0; line < LINES; line++) {
    logger.info("x".repeat(80), { who, line });
    if (line % 20 === 0) await turn();
  }
}

/** Numbers of the lines of a writer, the oldest file first. */
async function linesOf(path: string, who: string): Promise<number[]> {
  const files = (await readdir(path)).toSorted((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0));
  const texts = await Promise.all(files.map((file) => readFile(join(path, file), "utf8")));
  const lines = texts.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line) as { who: string; line: number });
  return lines.filter((line) => line.who === who).map(({ line }) => line);
}

test("a full log file is moved aside, three older ones are kept, and what is kept has no gap", async (t) => {
  const path = await folder(t);
  await fill(createLogger({ level: "info", file: join(path, "kinetic.log"), rotation: { maxBytes, keep: 3 } }), "a");
  assert.deepEqual((await readdir(path)).toSorted(), ["kinetic.log", "kinetic.log.1", "kinetic.log.2", "kinetic.log.3"]);
  for (const name of await readdir(path)) {
    const { size, mode } = await stat(join(path, name));
    assert.ok(size < 2 * maxBytes, `${name} has ${size} bytes`);
    assert.equal(mode & 0o777, 0o600);
  }
  const lines = await linesOf(path, "a");
  assert.deepEqual(
    lines,
    Array.from({ length: lines.length }, (_, index) => LINES - lines.length + index),
  );
  assert.ok(lines.length < LINES, "the oldest are gone");
});

test("two writers of one file lose nothing and follow each other", async (t) => {
  const path = await folder(t);
  const options = { level: "info", file: join(path, "kinetic.log"), rotation: { maxBytes, keep: 200 } } as const;
  await Promise.all(["a", "b"].map((who) => fill(createLogger(options), who)));
  const all = Array.from({ length: LINES }, (_, index) => index);
  for (const who of ["a", "b"])
    assert.deepEqual(
      (await linesOf(path, who)).toSorted((a, b) => a - b),
      all,
    );
  assert.ok((await readdir(path)).length > 5);
});

test("a disk that takes nothing, or a folder that goes, ends nothing", async (t) => {
  const path = await folder(t);
  const logger = createLogger({ level: "info", file: join(path, "no-folder/kinetic.log"), rotation: { maxBytes: 100, keep: 1 } });
  await writeFile(join(path, "no-folder"), "");
  logger.info("lost");
  await rm(join(path, "no-folder"));
  logger.info("kept", { who: "a", line: 1 });
  assert.deepEqual(await linesOf(join(path, "no-folder"), "a"), [1]);
  await rm(join(path, "no-folder"), { recursive: true });
  logger.info("kept", { who: "a", line: 2 });
  assert.deepEqual(await linesOf(join(path, "no-folder"), "a"), [2]);
});

test("a full disk ends nothing", { skip: requires("linux") }, () => {
  const logger = createLogger({ level: "info", file: "/dev/full" });
  for (let line = 0; line < 20; line++) logger.info("lost");
});
