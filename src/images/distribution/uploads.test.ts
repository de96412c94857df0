import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { SimulatedDisk } from "../../testing/disk.ts";
import { nodeDisk } from "../node-disk.ts";
import { StreamingDisk } from "../store/fixtures/disk.ts";
import { broken, makeRegistry, MIB, pieces, sha256, type CallOptions } from "./fixtures/client.ts";

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-uploads-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, "uploads"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test("an upload whose connection broke goes on where it was, also in the next run", async (t) => {
  const folder = await folderOf(t);
  const content = Buffer.from("0123456789".repeat(500));
  const before = makeRegistry(t, { disk: nodeDisk(), folder });
  const at = (await before.call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  await assert.rejects(before.call("PATCH", at, { body: broken(content.subarray(0, 2000)) }), /aborted/);
  assert.equal((await before.call("GET", at)).header("range"), "0-1999");
  const chunk = (start: number, end: number): CallOptions => ({
    headers: { "content-range": `${start}-${end - 1}` },
    body: content.subarray(start, end),
  });
  assert.equal((await before.call("PATCH", at, chunk(2000, 3000))).status, 202);
  const after = makeRegistry(t, { disk: nodeDisk(), folder }); // as after a SIGKILL: nothing of the first was closed
  assert.equal((await after.call("GET", at)).header("range"), "0-2999");
  assert.equal((await after.call("PATCH", at, chunk(3000, 4000))).status, 202);
  assert.equal((await after.call("PUT", `${at}?digest=${sha256(content)}`, chunk(4000, 5000))).status, 201);
  assert.deepEqual((await after.call("GET", `/v2/a/blobs/${sha256(content)}`)).bytes, content);
  assert.deepEqual(await filesOf(folder), []);
});

test("a chunk with fewer or more bytes than it announced is refused, and the upload can go on", async (t) => {
  const { call } = makeRegistry(t, { disk: nodeDisk(), folder: await folderOf(t) });
  const at = (await call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  const patch = (range: string, length: string, body: string) =>
    call("PATCH", at, { headers: { "content-range": range, "content-length": length }, body: pieces(Buffer.from(body)) });
  assert.equal((await patch("0-9", "11", "0123456789")).code, "SIZE_INVALID");
  assert.equal((await patch("0-9", "10", "01234")).code, "SIZE_INVALID");
  assert.equal((await call("GET", at)).header("range"), "0-4");
  assert.equal((await patch("5-6", "2", "567")).code, "SIZE_INVALID");
  assert.equal((await call("GET", at)).header("range"), "0-4");
  assert.equal((await patch("9-5", "2", "567")).code, "BLOB_UPLOAD_INVALID");
  assert.equal((await patch("5-9", "5", "56789")).status, 202);
  assert.equal((await call("PUT", `${at}?digest=${sha256("0123456789")}`)).status, 201);
});

test("a newer request takes the upload from one that hangs", async (t) => {
  const { call } = makeRegistry(t, { disk: nodeDisk(), folder: await folderOf(t) });
  const at = (await call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  async function* hangs(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("hello");
    begin();
    await new Promise(() => {});
  }
  const older = call("PATCH", at, { body: hangs() });
  await begun;
  const newer = await call("PATCH", at, { headers: { "content-range": "5-9" }, body: "world" });
  assert.deepEqual([newer.status, newer.header("range")], [202, "0-9"]);
  assert.equal((await older).status, 409);
  assert.equal((await call("PUT", `${at}?digest=${sha256("helloworld")}`)).status, 201);
});

test("a cancelled upload is gone, from memory and disk", async (t) => {
  const folder = await folderOf(t);
  const { call } = makeRegistry(t, { disk: nodeDisk(), folder });
  const at = (await call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  await call("PATCH", at, { body: "content" });
  assert.equal((await call("DELETE", at.replace("/a/", "/b/"))).status, 404, "an upload belongs to its repository");
  assert.equal((await call("DELETE", at)).status, 204);
  assert.equal((await call("DELETE", at)).code, "BLOB_UPLOAD_UNKNOWN");
  assert.equal((await call("PATCH", at, { body: "x" })).code, "BLOB_UPLOAD_UNKNOWN");
  assert.deepEqual(await filesOf(folder), []);
});

test("uploads are limited in number and length, and idle ones are given up", async (t) => {
  const folder = await folderOf(t);
  let now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const { call, uploads } = makeRegistry(t, {
    disk: nodeDisk(),
    folder,
    clock,
    limits: { maxSessions: 2, maxBlobBytes: MIB, idleMs: 1000 },
  });
  const post = () => call("POST", "/v2/a/blobs/uploads/");
  const at = (await post()).header("location") ?? "";
  assert.equal((await post()).status, 202);
  const refused = await post();
  assert.deepEqual([refused.status, refused.code], [429, "TOOMANYREQUESTS"]);
  assert.equal((await call("POST", `/v2/a/blobs/uploads/?digest=${sha256("x")}`, { body: "x" })).status, 429);
  const big = Buffer.alloc(MIB + 1);
  const tooBig = await call("PATCH", at, { body: pieces(big, 100_000) });
  assert.deepEqual([tooBig.status, tooBig.code], [413, "SIZE_INVALID"]);
  assert.equal((await call("GET", at)).status, 404, "what is too long has no future");
  assert.equal(await uploads.expire(), 0);
  now += 60_000;
  assert.equal(await uploads.expire(), 1);
  assert.deepEqual(await filesOf(folder), []);
  assert.equal((await post()).status, 202);
});

test("after a restart old uploads count and expire too", async (t) => {
  const folder = await folderOf(t);
  const before = makeRegistry(t, { disk: nodeDisk(), folder });
  await before.call("POST", "/v2/a/b/blobs/uploads/");
  const clock = { ...systemClock, now: () => Date.now() + 86_400_000 };
  const after = makeRegistry(t, { disk: nodeDisk(), folder, clock, limits: { maxSessions: 1 } });
  assert.equal((await after.call("POST", "/v2/a/blobs/uploads/")).status, 429);
  assert.equal(await after.uploads.expire(), 1);
  assert.equal((await after.call("POST", "/v2/a/blobs/uploads/")).status, 202);
});

test("a full disk is said, and the room of the upload is given back", async (t) => {
  const folder = await folderOf(t);
  const real = nodeDisk();
  let space = Infinity;
  const disk = {
    ...real,
    async append(path: string) {
      const file = await real.append(path);
      return {
        get size() {
          return file.size;
        },
        sync: () => file.sync(),
        [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
        async write(chunks: readonly Uint8Array[]) {
          space -= Buffer.concat(chunks).length;
          if (space < 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
          await file.write(chunks);
        },
      };
    },
  };
  const { call, store } = makeRegistry(t, { disk, folder });
  const at = (await call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  space = 1000;
  for (const [method, target] of [
    ["PATCH", at],
    ["POST", `/v2/a/blobs/uploads/?digest=${sha256(Buffer.alloc(2000))}`],
  ] as const) {
    const full = await call(method, target, { body: Buffer.alloc(2000) });
    assert.deepEqual([full.status, full.code], [507, "DISK_FULL"], target);
  }
  assert.deepEqual(await filesOf(folder), []);
  assert.equal(
    (await call("PUT", "/v2/a/manifests/t", { body: JSON.stringify({ manifests: [], x: "x".repeat(2000) }) })).code,
    "DISK_FULL",
  );
  assert.deepEqual(await Array.fromAsync(store.blobs.list()), []);
  space = Infinity;
  assert.equal((await call("POST", `/v2/a/blobs/uploads/?digest=${sha256("x")}`, { body: "x" })).status, 201);
});

test("an acknowledged push survives a power cut, and leaving out any of its syncs is noticed", async (t) => {
  const survives = async (skipped: readonly number[]) => {
    const disk = new SimulatedDisk(skipped);
    const before = makeRegistry(t, { disk: new StreamingDisk(disk), folder: "/c" });
    assert.equal((await before.call("POST", `/v2/a/blobs/uploads/?digest=${sha256("layer")}`, { body: "layer" })).status, 201);
    const manifest = JSON.stringify({ mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] });
    assert.equal((await before.call("PUT", "/v2/a/manifests/v1", { body: manifest })).status, 201);
    const after = makeRegistry(t, { disk: new StreamingDisk(disk.afterPowerCut()), folder: "/c" });
    const blob = await after.call("GET", `/v2/a/blobs/${sha256("layer")}`);
    const tagged = await after.call("GET", "/v2/a/manifests/v1").catch(() => undefined);
    const byDigest = await after.call("GET", `/v2/a/manifests/${sha256(manifest)}`).catch(() => undefined);
    return blob.text === "layer" && tagged?.text === manifest && byDigest?.text === manifest;
  };
  assert.equal(await survives([]), true);
  // Of the blob: file and folder; its link; of the manifest: file (1 covers the folder with 4, so both go), record, tag.
  for (const skipped of [[0], [1, 4], [2], [3], [4], [5], [6], [7], [8]])
    assert.equal(await survives(skipped), false, `sync ${skipped.join()}`);
});

test("an upload that failed after its file became a blob is over, and the blob stays as it is (U3)", async (t) => {
  const real = nodeDisk();
  let isBroken = false;
  const failing = (path: string) => (isBroken ? Promise.reject(new Error(`cannot sync ${path}`)) : real.syncFolder(path));
  const { call, store } = makeRegistry(t, { disk: { ...real, syncFolder: failing }, folder: await folderOf(t) });
  const at = (await call("POST", "/v2/a/blobs/uploads/")).header("location") ?? "";
  isBroken = true;
  await assert.rejects(call("PUT", `${at}?digest=${sha256("content")}`, { body: "content" }), /cannot sync/);
  isBroken = false;
  assert.equal((await call("PATCH", at, { body: "more" })).code, "BLOB_UPLOAD_UNKNOWN");
  assert.equal(await store.blobs.stat(sha256("content")), "content".length);
});
