import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { SimulatedDisk } from "../../testing/disk.ts";
import { nodeDisk } from "../node-disk.ts";
import { blobStoreContract, type BlobStoreUnderTest } from "./blob-store.contract.ts";
import { digestOf } from "./digest.ts";
import type { BlobDisk } from "./disk.ts";
import { FileBlobStore } from "./file-blob-store.ts";
import { StreamingDisk } from "./fixtures/disk.ts";

const clock = systemClock;

async function underTest(disk: BlobDisk, folder: string): Promise<BlobStoreUnderTest> {
  const pathOf = (digest: string) => `${folder}/blobs/${digest.replace(":", "/")}`;
  return {
    store: new FileBlobStore({ disk, folder, clock }),
    async reopen() {
      const next = new FileBlobStore({ disk, folder, clock });
      await next.reclaim();
      return next;
    },
    leftovers: () => disk.list(`${folder}/ingest`),
    damage: async (digest) => disk.write(pathOf(digest), Buffer.from("something else")),
  };
}

blobStoreContract("simulated disk", () => underTest(new StreamingDisk(), "/c"));
blobStoreContract("real disk", async (t: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-blobs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return underTest(nodeDisk(), folder);
});

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

test("a blob survives a power cut, and leaving out either sync is noticed (B1)", async () => {
  const bytes = Buffer.from("content ".repeat(100));
  const survives = async (skipped: readonly number[]) => {
    const disk = new SimulatedDisk(skipped);
    const digest = await new FileBlobStore({ disk: new StreamingDisk(disk), folder: "/c", clock }).put(bytes);
    const after = new FileBlobStore({ disk: new StreamingDisk(disk.afterPowerCut()), folder: "/c", clock });
    return (await after.get(digest)) !== undefined;
  };
  assert.equal(await survives([]), true);
  assert.equal(await survives([0]), false, "sync of the file");
  assert.equal(await survives([1]), false, "sync of the folder");
});

test("a full disk is an outcome, and what was written is freed", async () => {
  const disk = new StreamingDisk();
  disk.space = 100;
  const store = new FileBlobStore({ disk, folder: "/c", clock });
  const bytes = Buffer.alloc(1000);
  assert.deepEqual(await store.ingest(once(bytes), { digest: digestOf(bytes) }), {
    kind: "disk-full",
    message: "no space left on the disk of the image store",
  });
  assert.deepEqual(await disk.list("/c/ingest"), []);
  assert.equal(await store.stat(digestOf(bytes)), undefined);
});

test("a sweep takes what is old and not held, and waits for nobody", async () => {
  const disk = new StreamingDisk();
  let now = 1000;
  const store = new FileBlobStore({ disk, folder: "/c", clock: { ...systemClock, now: () => now } });
  const digest = await store.put(Buffer.from("old"));
  assert.equal(await store.sweep(digest, 1000), undefined, "used at that very time");
  now = 5000;
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = store.hold([digest], () => promise);
  assert.equal(await store.sweep(digest, 9999), undefined, "held");
  resolve();
  await held;
  assert.equal(await store.sweep(digest, 4999), undefined, "holding it has made it young");
  assert.equal(await store.sweep(digest, 5001), 3);
  assert.equal(await store.stat(digest), undefined);
});

test("other files in the folders are not taken for blobs", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-blobs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const store = new FileBlobStore({ disk: nodeDisk(), folder, clock });
  const digest = await store.put(Buffer.from("x"));
  await writeFile(join(folder, "blobs/sha256/notes.txt"), "hello");
  assert.deepEqual(await Array.fromAsync(store.list()), [digest]);
  assert.equal((await readdir(join(folder, "blobs/sha256"))).length, 2);
});
