import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { SimulatedDisk } from "../testing/disk.ts";
import { buildImage } from "./build.ts";
import { ContentStore } from "./content-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { sha256Digest, type ConfigBlob, type Manifest } from "./oci/manifest.ts";
import { LocalImages } from "./provider.ts";
import { parseReference } from "./reference.ts";
import { StreamingDisk } from "./store/fixtures/disk.ts";

const signal = AbortSignal.timeout(60_000);
const bytes = (text: string) => Buffer.from(text);
const sample = {
  reference: "kinetic.local/hello:latest",
  files: [{ path: "app/main.mjs", bytes: bytes("console.log(1)") }],
  argv: ["node", "app/main.mjs"],
  runtime: "node26",
  architecture: "amd64",
};

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-images-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const REFERENCES: [string, string | undefined][] = [
  ["nginx", "docker.io/library/nginx:latest"],
  ["bitnami/redis:7", "docker.io/bitnami/redis:7"],
  ["localhost:5001/hello", "localhost:5001/hello:latest"],
  ["ghcr.io/a/b/c:v1", "ghcr.io/a/b/c:v1"],
  [`x.y/z@sha256:${"a".repeat(64)}`, `x.y/z@sha256:${"a".repeat(64)}`],
  ["Upper/case", undefined],
  ["a b", undefined],
  ["x:", undefined],
  ["", undefined],
  ["a@sha256:short", undefined],
  ["../etc/passwd", undefined],
];

test("image references are read as container tools read them", () => {
  for (const [text, expected] of REFERENCES) {
    const parsed = parseReference(text);
    if (parsed.kind === "invalid") {
      assert.equal(expected, undefined, text);
      continue;
    }
    const { registry, repository, tag, digest } = parsed.reference;
    assert.equal(`${registry}/${repository}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`, expected, text);
  }
});

test("a built image is a valid OCI image: digests, sizes and diff ids agree", async () => {
  const store = new ContentStore({ disk: new StreamingDisk(), folder: "/c", ownPorts: [5001] });
  const digest = await buildImage(store, sample);
  const manifest = (await store.getManifest(digest)) as Manifest;
  const config = (await store.getBlob(manifest.config.digest)) as Uint8Array;
  const layer = (await store.getBlob(manifest.layers[0]?.digest ?? "")) as Uint8Array;
  assert.equal(manifest.config.size, config.length);
  assert.equal(manifest.layers[0]?.size, layer.length);
  const parsed = JSON.parse(Buffer.from(config).toString()) as ConfigBlob;
  assert.deepEqual(parsed.rootfs.diff_ids, [sha256Digest(gunzipSync(layer))]);
  assert.equal(await buildImage(store, sample), digest, "the same input gives the same image");
  for (const alias of ["kinetic.local/hello", "localhost:5001/hello", "127.0.0.1:5001/hello:latest"]) {
    const reference = store.parse(alias);
    assert.ok(reference.kind === "ok");
    assert.equal((await store.resolve(reference.reference))?.digest, digest, alias);
  }
});

test("an image is unpacked once and shared, also when asked for ten times at once", async (t) => {
  const root = await folder(t);
  const store = new ContentStore({ disk: nodeDisk(), folder: join(root, "content"), ownPorts: [] });
  await buildImage(store, sample);
  const images = new LocalImages({ store, folder: join(root, "rootfs") });
  const asked = Array.from({ length: 10 }, () => images.ensure({ reference: "kinetic.local/hello", pullPolicy: "Always" }, signal));
  const results = await Promise.all(asked);
  const folders = new Set(results.map((result) => (result.kind === "ok" ? result.image.rootfs : result.message)));
  assert.equal(folders.size, 1);
  const [rootfs = ""] = folders;
  assert.equal(await readFile(join(rootfs, "app/main.mjs"), "utf8"), "console.log(1)");
  assert.equal((await readdir(join(root, "rootfs/layers"))).length, 1);
});

test("an unknown or badly named image says so", async () => {
  const store = new ContentStore({ disk: new StreamingDisk(), folder: "/c", ownPorts: [] });
  const images = new LocalImages({ store, folder: "/nowhere" });
  const ensure = (reference: string, pullPolicy: "Always" | "Never") => images.ensure({ reference, pullPolicy }, signal);
  const missing = await ensure("nope:1", "Always");
  assert.deepEqual(missing.kind === "failed" && [missing.reason, /nope:1.*not found/.test(missing.message)], ["ErrImagePull", true]);
  const never = await ensure("nope:1", "Never");
  assert.equal(never.kind === "failed" && never.reason, "ErrImageNeverPull");
  const invalid = await ensure("UPPER", "Always");
  assert.equal(invalid.kind === "failed" && invalid.reason, "InvalidImageName");
});

test("after a power cut an acknowledged image is whole, and removing any sync is noticed", async () => {
  const survives = async (skipped: readonly number[]) => {
    const disk = new SimulatedDisk(skipped);
    const digest = await buildImage(new ContentStore({ disk: new StreamingDisk(disk), folder: "/c", ownPorts: [] }), sample);
    const after = new ContentStore({ disk: new StreamingDisk(disk.afterPowerCut()), folder: "/c", ownPorts: [] });
    const manifest = await after.getManifest(digest).catch(() => undefined);
    const reference = after.parse("kinetic.local/hello");
    const tagged = reference.kind === "ok" ? await after.resolve(reference.reference).catch(() => undefined) : undefined;
    const parts = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
    const blobs = await Promise.all(parts.map((part) => after.getBlob(part.digest)));
    const record = await after.repositories.manifest("kinetic.local/hello", digest).catch(() => undefined);
    const links = await Promise.all(parts.map((part) => after.repositories.hasBlob("kinetic.local/hello", part.digest)));
    const isNamed = tagged?.digest === digest && record?.digest === digest && links.every(Boolean);
    return isNamed && blobs.length === 2 && blobs.every((blob) => blob !== undefined);
  };
  assert.equal(await survives([]), true);
  for (const file of [0, 2, 4, 8, 10]) assert.equal(await survives([file]), false, `sync ${file} of a file`);
  assert.equal(await survives([1, 3, 5]), false, "no sync of the blob folder");
  assert.equal(await survives([7]), false, "no sync of the folder that says which blobs are the repository's");
  assert.equal(await survives([9]), false, "no sync of the manifest folder");
  assert.equal(await survives([11]), false, "no sync of the tag folder");
});

test("a damaged blob counts as absent", async () => {
  const disk = new StreamingDisk();
  const store = new ContentStore({ disk, folder: "/c", ownPorts: [] });
  const digest = await store.putBlob(bytes("content"));
  await disk.write(`/c/blobs/${digest.replace(":", "/")}`, bytes("c0ntent"));
  assert.equal(await store.getBlob(digest), undefined);
  await store.putBlob(bytes("content"));
  assert.deepEqual(Buffer.from((await store.getBlob(digest)) ?? []).toString(), "content");
});
