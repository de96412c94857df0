import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Pod, Volume } from "../../../api/k8s/types.generated.ts";
import { openFolder } from "../fixtures/fixtures.ts";
import type { Lookup } from "./lookup.ts";
import { removeOldRevisions, writeVolume } from "./volume-writer.ts";
import { filesRevision, volumeContent, type VolumeContext, type VolumeFile } from "./volumes.ts";

const lookup: Lookup = {
  configMap: (_namespace, name) => (name === "settings" ? { metadata: {}, data: { a: "1", b: "2" } } : undefined),
  secret: (_namespace, name) => (name === "keys" ? { metadata: {}, data: { token: Buffer.from("t").toString("base64") } } : undefined),
};
const pod: Pod = { metadata: { name: "p", uid: "u", namespace: "ns", labels: { app: "web" } }, spec: { containers: [] } };
const node = { name: "kinetic", ip: "127.0.0.1", cpuMilli: 2000, memoryBytes: 4096 };
const context: VolumeContext = { pod, lookup, node, tokens: { token: async ({ audience }) => `token for ${audience}` } };

async function content(volume: Omit<Volume, "name">) {
  const found = await volumeContent({ name: "v", ...volume }, context);
  if (found.kind !== "files") return found;
  return Object.fromEntries(found.files.map(({ path, data, mode }) => [path, `${data} ${mode.toString(8)}`]));
}

test("volumes: ConfigMap, Secret, items, modes, projected sources", async () => {
  assert.deepEqual(await content({ configMap: { name: "settings" } }), { a: "1 644", b: "2 644" });
  const items = [{ key: "b", path: "deep/b.txt", mode: 0o600 }];
  assert.deepEqual(await content({ configMap: { name: "settings", items } }), { "deep/b.txt": "2 600" });
  assert.deepEqual(await content({ secret: { secretName: "keys", defaultMode: 0o400 } }), { token: "t 400" });
  const sources = [
    { serviceAccountToken: { path: "token", audience: "api" } },
    { configMap: { name: "settings", items: [{ key: "a", path: "a" }] } },
    { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
  ];
  assert.deepEqual(await content({ projected: { sources } }), { token: "token for api 644", a: "1 644", labels: 'app="web" 644' });
});

test("volumes: what is missing is said, what is optional is left out, what we cannot do is named", async () => {
  assert.deepEqual(await content({ configMap: { name: "none" } }), { kind: "error", message: `configmap "none" not found` });
  assert.deepEqual(await content({ configMap: { name: "none", optional: true } }), {});
  const items = [{ key: "x", path: "x" }];
  assert.deepEqual(await content({ secret: { secretName: "keys", items } }), {
    kind: "error",
    message: "references non-existent secret key: x",
  });
  assert.deepEqual(await content({ hostPath: { path: "/" } }), { kind: "unsupported", source: "hostPath" });
});

const file = (path: string, text: string, perPod = false): VolumeFile => ({ path, data: Buffer.from(text), mode: 0o640, perPod });

test("volumes: an update switches over as a whole and removes what is gone", async () => {
  await using folder = await openFolder();
  const volume = join(folder.path, "v");
  writeVolume(volume, [file("a", "1"), file("d/b", "2")]);
  writeVolume(volume, [file("a", "3"), file("c", "4")]);
  await removeOldRevisions(volume);
  const names = (await readdir(volume)).filter((name) => !name.startsWith(".."));
  assert.deepEqual(names.toSorted(), ["a", "c"]);
  assert.equal(await readFile(join(volume, "a"), "utf8"), "3");
  assert.equal((await stat(join(volume, "a"))).mode & 0o777, 0o640);
  assert.equal((await readdir(volume)).filter((name) => /^\.\.[0-9a-f]{16}-\d+$/.test(name)).length, 1);
});

test("volumes: a token is no difference between two pods of a template, data is", () => {
  const revision = (...files: VolumeFile[]) => filesRevision(files, "shared");
  assert.equal(revision(file("t", "1", true)), revision(file("t", "2", true)));
  assert.notEqual(revision(file("t", "1")), revision(file("t", "2")));
});
