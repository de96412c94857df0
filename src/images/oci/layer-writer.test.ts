import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { writeLayer, type LayerEntry } from "./layer-writer.ts";
import { sha256Digest } from "./manifest.ts";

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-layer-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const owner = { uid: 1000, gid: 1000 };
const signal = new AbortController().signal;

test("equal files give equal bytes, whatever their times and order", async (t) => {
  const folder = await temporary(t);
  const source = join(folder, "big");
  await writeFile(source, Buffer.alloc(3_000_000, "x"));
  const entries: LayerEntry[] = [
    { path: "func/b/big", mode: 0o755, ...owner, content: { file: source } },
    { path: "func/a.txt", mode: 0o644, ...owner, content: { bytes: Buffer.from("hello") } },
    { path: "func/link", mode: 0o777, ...owner, content: { link: "a.txt" } },
  ];
  const first = await writeLayer(entries, join(folder, "1"), signal);
  await utimes(source, 1, 1);
  await chmod(source, 0o600);
  const second = await writeLayer(entries.toReversed(), join(folder, "2"), signal);
  assert.deepEqual(first, second);
  const bytes = await readFile(join(folder, "1"));
  assert.deepEqual([sha256Digest(bytes), bytes.length, sha256Digest(gunzipSync(bytes))], [first.digest, first.size, first.diffId]);
  const listing = execFileSync("tar", ["-tvzf", join(folder, "1"), "--numeric-owner"], { encoding: "utf8", env: { TZ: "UTC" } });
  const seen = listing
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +/g, " "));
  assert.deepEqual(seen, [
    "drwxr-xr-x 1000/1000 0 1970-01-01 00:00 func/",
    "-rw-r--r-- 1000/1000 5 1970-01-01 00:00 func/a.txt",
    "drwxr-xr-x 1000/1000 0 1970-01-01 00:00 func/b/",
    "-rwxr-xr-x 1000/1000 3000000 1970-01-01 00:00 func/b/big",
    "lrwxrwxrwx 1000/1000 0 1970-01-01 00:00 func/link -> a.txt",
  ]);
});

test("a file that is gone rejects and so does an abort", async (t) => {
  const folder = await temporary(t);
  const gone: LayerEntry = { path: "x", mode: 0o644, ...owner, content: { file: join(folder, "gone") } };
  await assert.rejects(writeLayer([gone], join(folder, "1"), signal), /ENOENT/);
  const small: LayerEntry = { ...gone, content: { bytes: Buffer.from("x") } };
  await assert.rejects(writeLayer([small], join(folder, "2"), AbortSignal.abort()), /abort/i);
});
