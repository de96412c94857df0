import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "../../../testing/clock.ts";
import { systemClock } from "../../../std/clock.ts";
import { openFolder } from "../fixtures/fixtures.ts";
import { LineSplitter, MAX_LINE_BYTES, parseLine } from "./cri.ts";
import { parseLogOptions } from "./log-options.ts";
import { logResponse } from "./log-response.ts";
import { LogWriter } from "./log-writer.ts";

const NOW = Date.parse("2025-01-01T00:00:00Z");

async function written(lines: readonly string[], maxBytes = 1e6) {
  const folder = await openFolder();
  const path = join(folder.path, "0.log");
  const clock = new ManualClock(NOW);
  const writer = new LogWriter(path, { maxBytes, maxFiles: 3 }, clock);
  for (const line of lines) {
    writer.write("stdout", Buffer.from(`${line}\n`));
    await writer.flushed();
    await clock.advance(1000);
  }
  const read = (query: string) => {
    const source = { path, maxFiles: 3, clock: systemClock, isLive: () => false };
    return logResponse(source, parseLogOptions(new URLSearchParams(query), clock.now())).text();
  };
  return { path, writer, read, [Symbol.asyncDispose]: () => writer.close().then(() => folder[Symbol.asyncDispose]()) };
}

test("lines are CRI lines; what is too long is cut into partial ones", () => {
  const splitter = new LineSplitter();
  const lines = [...splitter.push(Buffer.from("a\nb")), ...splitter.push(Buffer.from("c\n")), ...splitter.end()];
  assert.deepEqual(
    lines.map(({ text, partial }) => [text.toString(), partial]),
    [
      ["a", false],
      ["bc", false],
    ],
  );
  const [piece] = splitter.push(Buffer.alloc(MAX_LINE_BYTES + 1, 0x78));
  assert.deepEqual([piece?.partial, piece?.text.length], [true, MAX_LINE_BYTES]);
  assert.equal(parseLine(Buffer.from("torn")), undefined);
});

test("a log is rotated by size, and only so many files are kept", async () => {
  await using log = await written(["one", "two", "three", "four"], 45);
  assert.match(await readFile(log.path, "utf8"), /four\n$/);
  assert.match(await readFile(`${log.path}.1`, "utf8"), /three\n$/);
  assert.match(await readFile(`${log.path}.2`, "utf8"), /two\n$/);
  assert.equal(await log.read(""), "two\nthree\nfour\n");
  assert.equal(await log.read("tailLines=2"), "three\nfour\n");
});

test("tail, since, limit and timestamps", async () => {
  await using log = await written(["one", "two", "three"]);
  assert.equal(await log.read("tailLines=1"), "three\n");
  assert.equal(await log.read("tailLines=0"), "");
  assert.equal(await log.read("sinceSeconds=1"), "three\n");
  assert.equal(await log.read("sinceTime=2025-01-01T00:00:01Z"), "two\nthree\n");
  assert.equal(await log.read("limitBytes=5"), "one\nt");
  assert.equal(await log.read("timestamps=true&tailLines=1"), "2025-01-01T00:00:02.000000000Z three\n");
  assert.throws(() => parseLogOptions(new URLSearchParams("tailLines=-1"), NOW), /must be greater than or equal to 0/);
});

test("following shows what comes, over a rotation, and ends with the container", async () => {
  await using log = await written(["one"], 45);
  let isLive = true;
  const source = { path: log.path, maxFiles: 3, clock: systemClock, isLive: () => isLive };
  const response = logResponse(source, parseLogOptions(new URLSearchParams("follow=true"), NOW));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader?.read())?.value, "one\n");
  log.writer.write("stdout", Buffer.from("two\n"));
  assert.equal((await reader?.read())?.value, "two\n");
  log.writer.write("stdout", Buffer.from("three\n"));
  await log.writer.flushed();
  isLive = false;
  assert.equal((await reader?.read())?.value, "three\n");
  assert.equal((await reader?.read())?.done, true);
});
