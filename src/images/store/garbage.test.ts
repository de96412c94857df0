import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { makeRegistry, pushBlob, pushImage, sha256, type RegistryUnderTest } from "../distribution/fixtures/client.ts";
import { nodeDisk } from "../node-disk.ts";
import { collectGarbage } from "./garbage.ts";

/** A registry whose clock stands until it is moved. */
async function open(t: TestContext): Promise<RegistryUnderTest & { now: number; collect(): Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-garbage-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const time = { now: 1_000_000 };
  const registry = makeRegistry(t, { disk: nodeDisk(), folder, clock: { ...systemClock, now: () => time.now } });
  return {
    ...registry,
    get now() {
      return time.now;
    },
    set now(value) {
      time.now = value;
    },
    async collect() {
      await collectGarbage(registry.store, { unusedSinceMs: time.now - 1000 });
      return Array.fromAsync(registry.store.blobs.list());
    },
  };
}

test("blobs that no manifest mentions go, and those of every repository and tag stay (G1)", async (t) => {
  const registry = await open(t);
  const kept = await pushImage(registry, { repository: "a", tag: "v1", layers: ["shared", "own"] });
  const other = await pushImage(registry, { repository: "b", tag: "v1", layers: ["shared", "gone"] });
  const stray = await pushBlob(registry, "a", "stray");
  const custom = await pushBlob(registry, "a", "named by a type that nobody knows");
  const type = { "content-type": "application/vnd.example+json" };
  await registry.call("PUT", "/v2/a/manifests/custom", { headers: type, body: JSON.stringify({ deep: [{ in: custom }] }) });
  await registry.call("DELETE", `/v2/b/manifests/${other.digest}`);
  registry.now += 10_000;
  const left = await registry.collect();
  for (const digest of [kept.digest, kept.config, ...kept.layers, custom]) assert.ok(left.includes(digest));
  for (const digest of [other.digest, stray, sha256("gone")]) assert.ok(!left.includes(digest));
  assert.equal((await registry.call("HEAD", `/v2/a/blobs/${stray}`)).status, 404);
  assert.equal((await registry.call("HEAD", `/v2/b/blobs/${sha256("shared")}`)).status, 404, "b has no manifest that mentions it");
  assert.equal((await registry.call("GET", "/v2/a/manifests/v1")).status, 200);
});

test("a deleted tag keeps its manifest, a deleted manifest frees its blobs", async (t) => {
  const registry = await open(t);
  const { digest } = await pushImage(registry, { repository: "a", tag: "v1", layers: ["layer"] });
  await registry.call("DELETE", "/v2/a/manifests/v1");
  registry.now += 10_000;
  assert.equal((await registry.collect()).length, 3);
  await registry.call("DELETE", `/v2/a/manifests/${digest}`);
  assert.deepEqual(await registry.collect(), []);
  assert.deepEqual(JSON.parse((await registry.call("GET", "/v2/_catalog")).text), { repositories: [] });
});

test("what was stored, asked for or mounted lately stays (G2)", async (t) => {
  const registry = await open(t);
  const [asked, mounted, neither] = await Promise.all(["asked", "mounted", "neither"].map((text) => pushBlob(registry, "a", text)));
  registry.now += 10_000;
  const stored = await pushBlob(registry, "a", "stored");
  assert.equal((await registry.call("HEAD", `/v2/a/blobs/${asked ?? ""}`)).status, 200);
  assert.equal((await registry.call("POST", `/v2/b/blobs/uploads/?mount=${mounted ?? ""}&from=a`)).status, 201);
  assert.deepEqual((await registry.collect()).toSorted(), [asked ?? "", mounted ?? "", stored].toSorted());
  assert.equal((await registry.call("HEAD", `/v2/a/blobs/${neither ?? ""}`)).status, 404);
});

test("pushes while garbage is collected end whole or are told what is missing (G2)", async (t) => {
  const registry = await open(t);
  for (let round = 0; round < 20; round++) {
    // All blobs are old and unmentioned: the push of the manifest races with their sweep.
    const layers = [`one ${round}`, `two ${round}`];
    const { digest, manifest, config, layers: digests } = await pushImage(registry, { repository: "a", tag: "v", layers });
    await registry.call("DELETE", `/v2/a/manifests/${digest}`);
    registry.now += 10_000;
    const type = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
    const [put] = await Promise.all([registry.call("PUT", "/v2/a/manifests/v", { headers: type, body: manifest }), registry.collect()]);
    if (put.status === 201) {
      for (const blob of [config, ...digests]) assert.equal((await registry.call("GET", `/v2/a/blobs/${blob}`)).status, 200);
    } else {
      assert.equal(put.code, "MANIFEST_BLOB_UNKNOWN");
    }
  }
});
