import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../std/clock.ts";
import { requires } from "../../testing/requirements.ts";
import { pieces, tarOf, type Entry } from "./fixtures/tar.ts";
import { LayerStore, type LayerRef } from "./layer-store.ts";
import { sha256Digest } from "./manifest.ts";
import { chooseImages } from "./reclaim.ts";

const digestOf = (name: string) => sha256Digest(Buffer.from(name));

async function storeOf(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-layers-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const blobs = new Map<string, Buffer>();
  const opened: string[] = [];
  const open = async (digest: string) => {
    const blob = blobs.get(digest);
    opened.push(digest);
    return blob === undefined ? undefined : pieces(blob);
  };
  const store = new LayerStore({ blobs: { open }, folder, clock: systemClock, isRoot: process.getuid?.() === 0 });
  const layer = async (entries: readonly Entry[]): Promise<LayerRef> => {
    const tar = await tarOf(entries);
    const blob = gzipSync(tar);
    blobs.set(sha256Digest(blob), blob);
    return { digest: sha256Digest(blob), diffId: sha256Digest(tar) };
  };
  return { folder, store, layer, opened, blobs };
}

test("a layer is unpacked once for all images that have it, and their files are one on disk", async (t) => {
  const { store, layer, opened } = await storeOf(t);
  const base = await layer([{ name: "base", body: "b" }]);
  const images = await Promise.all(
    ["one", "two"].map(async (name) => store.image(digestOf(name), [base, await layer([{ name, body: name }])])),
  );
  const again = await store.image(digestOf("one"), [base]);
  assert.equal(opened.filter((digest) => digest === base.digest).length, 1);
  const inodes = await Promise.all(images.map(async ({ rootfs }) => (await stat(join(rootfs, "base"))).ino));
  assert.equal(new Set(inodes).size, 1);
  assert.deepEqual(await readdir(again.rootfs), ["base", "one"]);
});

test("an image of one layer is that layer's folder, unless it needs files below it", async (t) => {
  const { folder, store, layer } = await storeOf(t);
  const only = await layer([{ name: "file", body: "x" }, { name: ".wh.nothing-below" }]);
  const { rootfs } = await store.image(digestOf("one"), [only]);
  assert.ok(rootfs.startsWith(join(folder, "layers")));
  const linked = await layer([{ name: "link", type: "link", linkname: "below" }]);
  await assert.rejects(store.image(digestOf("two"), [linked]), /hard link \(link\) to below, which the image does not have/);
});

test("what fails leaves nothing behind, and works once the cause is gone", async (t) => {
  const { folder, store, layer, blobs } = await storeOf(t);
  const missing = await layer([{ name: "file", body: "x" }]);
  const blob = blobs.get(missing.digest) as Buffer;
  blobs.delete(missing.digest);
  await assert.rejects(store.image(digestOf("a"), [missing]), /is missing or damaged/);
  blobs.set(missing.digest, blob.subarray(0, 20));
  await assert.rejects(store.image(digestOf("a"), [missing]), /ends too early/);
  assert.deepEqual(await readdir(join(folder, "layers")), []);
  blobs.set(missing.digest, blob);
  assert.deepEqual(await readdir((await store.image(digestOf("a"), [missing])).rootfs), ["file"]);
});

test("a layer that another image unpacked is refused to an image that states another content", async (t) => {
  const { store, layer } = await storeOf(t);
  const good = await layer([{ name: "file", body: "x" }]);
  await store.image(digestOf("good"), [good]);
  const lying = { digest: good.digest, diffId: digestOf("other") };
  await assert.rejects(store.image(digestOf("liar"), [lying]), /but the image's configuration states/);
});

test("a start sweeps what is not whole, what an earlier layout left and what a power cut may have taken", async (t) => {
  const { folder, store, layer } = await storeOf(t);
  const only = await layer([{ name: "file", body: "x" }]);
  const { rootfs } = await store.image(digestOf("one"), [only]);
  await mkdir(join(folder, "layers/sha256-x.partial/tree"), { recursive: true });
  await mkdir(join(folder, "sha256-old/etc"), { recursive: true });
  await (
    await store.sweep()
  )();
  assert.deepEqual([await readdir(folder), (await readdir(join(folder, "layers"))).length], [["images", "layers"], 1]);
  const layerFolder = join(rootfs, "..");
  await untilThere(join(layerFolder, "durable"));
  const info = JSON.parse(await readFile(join(layerFolder, "info.json"), "utf8")) as object;
  await writeFile(join(layerFolder, "info.json"), JSON.stringify({ ...info, bootId: "another" }));
  await (
    await store.sweep()
  )();
  assert.equal((await readdir(join(folder, "layers"))).length, 1, "it was synced before that boot ended");
  await rm(join(layerFolder, "durable"));
  await (
    await store.sweep()
  )();
  assert.deepEqual(await readdir(join(folder, "layers")), []);
});

async function untilThere(path: string): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline;) {
    if (await stat(path).catch(() => undefined)) return;
  }
  assert.fail(`${path} did not come`);
}

test("setuid files are out of reach for other users of the machine", { skip: requires("root") }, async (t) => {
  const { store, layer } = await storeOf(t);
  const plain = await layer([{ name: "tool", body: "x", mode: 0o755 }]);
  const setuid = await layer([{ name: "su", body: "x", mode: 0o4755 }]);
  const modeOf = async (path: string) => (await stat(join(path, ".."))).mode & 0o777;
  assert.equal(await modeOf((await store.image(digestOf("plain"), [plain])).rootfs), 0o711);
  assert.equal(await modeOf((await store.image(digestOf("one"), [setuid])).rootfs), 0o700);
  const { rootfs } = await store.image(digestOf("both"), [plain, setuid]);
  assert.deepEqual([await modeOf(rootfs), (await stat(join(rootfs, "su"))).mode & 0o7777], [0o700, 0o4755]);
});

test("unused images and the layers that only they have are reclaimed, others stay", async (t) => {
  const { folder, store, layer } = await storeOf(t);
  const base = await layer([{ name: "base", body: "b" }]);
  for (const name of ["old", "new"]) await store.image(digestOf(name), [base, await layer([{ name, body: name }])]);
  const minutesAgo = (minutes: number) => new Date(systemClock.now() - minutes * 60_000);
  const age = async (path: string) => utimes(join(folder, path, "info.json"), minutesAgo(30), minutesAgo(30));
  await age(`images/${digestOf("old").replace(":", "-")}`);
  for (const name of await readdir(join(folder, "layers"))) await age(`layers/${name}`);
  const options = { inUse: new Set<string>(), usedBeforeMs: Number(minutesAgo(10)), oldBeforeMs: 0, maxBytes: 0 };
  assert.deepEqual((await store.reclaim({ ...options, inUse: new Set([digestOf("old")]) })).images, []);
  assert.deepEqual((await store.reclaim(options)).images, [digestOf("old")]);
  assert.deepEqual([(await readdir(join(folder, "images"))).length, (await readdir(join(folder, "layers"))).length], [1, 2]);
  const { rootfs } = await store.image(digestOf("new"), []);
  assert.deepEqual(await readdir(rootfs), ["base", "new"], "its files are all there");
});

test("the longest unused images go first, until the rest fits; shared layers count once", () => {
  const layers = ["base", "a", "b", "c"].map((name) => ({ name, bytes: 10, usedMs: 0 }));
  const images = [
    { digest: "a", usedMs: 1, layers: ["base", "a"] },
    { digest: "b", usedMs: 2, layers: ["base", "b"] },
    { digest: "c", usedMs: 3, layers: ["base", "c"] },
  ];
  const choose = (maxBytes: number, inUse: string[] = [], oldBeforeMs = 0) =>
    chooseImages(images, layers, { inUse: new Set(inUse), usedBeforeMs: 100, oldBeforeMs, maxBytes });
  assert.deepEqual(choose(40), []);
  assert.deepEqual(choose(39), ["a"]);
  assert.deepEqual(choose(29), ["a", "b"]);
  assert.deepEqual(choose(29, ["a"]), ["b", "c"]);
  assert.deepEqual(choose(0), ["a", "b", "c"]);
  assert.deepEqual(choose(1000, [], 2), ["a"], "old ones go although there is room");
});
