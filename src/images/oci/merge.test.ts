import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { layerOf, tarOf, type Entry } from "./fixtures/tar.ts";
import { mergeLayers, type MergedLayer } from "./merge.ts";
import { unpackLayer } from "./unpack.ts";

const isRoot = process.getuid?.() === 0;

/** The folder of an image with these layers, lowest first. */
async function imageOf(t: TestContext, ...layers: readonly (readonly Entry[])[]) {
  const folder = mkdtempSync(join(tmpdir(), "kinetic-merge-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const unpacked: MergedLayer[] = [];
  for (const [index, entries] of layers.entries()) {
    const tree = join(folder, `layer-${index}`);
    mkdirSync(tree);
    unpacked.push({ tree, marks: await unpackLayer(layerOf(await tarOf(entries)), tree, { isRoot }) });
  }
  const root = join(folder, "image");
  mkdirSync(root);
  writeFileSync(join(folder, "secret"), "secret");
  await mergeLayers(unpacked, root, { isRoot });
  return { root, folder };
}

const read = (...path: string[]) => readFileSync(join(...path), "utf8");

test("upper layers add and replace, and cost no space", async (t) => {
  const { root, folder } = await imageOf(
    t,
    [
      { name: "etc/", type: "directory", mode: 0o755 },
      { name: "etc/a", body: "1" },
      { name: "etc/b", body: "1" },
      { name: "d/in", body: "1" },
    ],
    [
      { name: "etc/", type: "directory", mode: 0o711 },
      { name: "etc/b", body: "2" },
      { name: "d", body: "file" },
    ],
    [{ name: "etc/c", type: "symlink", linkname: "b" }],
  );
  assert.deepEqual(readdirSync(join(root, "etc")), ["a", "b", "c"]);
  assert.deepEqual([read(root, "etc/a"), read(root, "etc/b"), read(root, "etc/c"), read(root, "d")], ["1", "2", "2", "file"]);
  assert.equal(statSync(join(root, "etc")).mode & 0o777, 0o711, "a layer that only adds to a folder leaves its mode");
  assert.equal(statSync(join(root, "etc/a")).ino, statSync(join(folder, "layer-0/etc/a")).ino);
  assert.equal(read(folder, "layer-0/etc/b"), "1", "the lower layer stays as it was");
});

test("whiteouts remove from the layers below, wherever they stand in their own", async (t) => {
  const { root } = await imageOf(
    t,
    [
      { name: "a/one", body: "1" },
      { name: "a/two", body: "1" },
      { name: "a/three", body: "1" },
      { name: "gone/x", body: "1" },
    ],
    [{ name: "a/two", body: "2" }, { name: "a/.wh.two" }, { name: "a/.wh.one" }, { name: ".wh.gone" }, { name: "a/.wh.never-was" }],
  );
  assert.deepEqual([readdirSync(root), readdirSync(join(root, "a"))], [["a"], ["three", "two"]]);
  assert.equal(read(root, "a/two"), "2");
});

test("an opaque folder hides all that lies below", async (t) => {
  const { root } = await imageOf(
    t,
    [
      { name: "a/one", body: "1" },
      { name: "a/deep/x", body: "1" },
      { name: "b", body: "1" },
    ],
    [{ name: "a/new", body: "2" }, { name: "a/.wh..wh..opq" }],
  );
  assert.deepEqual([readdirSync(root), readdirSync(join(root, "a"))], [["a", "b"], ["new"]]);
  const all = await imageOf(t, [{ name: "a", body: "1" }], [{ name: ".wh..wh..opq" }, { name: "b", body: "2" }]);
  assert.deepEqual(readdirSync(all.root), ["b"]);
});

test("a folder that a layer only passes through may be a link of a lower layer; one that it names replaces the link", async (t) => {
  const lower: Entry[] = [
    { name: "usr/lib/", type: "directory" },
    { name: "usr/lib/old", body: "1" },
    { name: "lib", type: "symlink", linkname: "usr/lib" },
  ];
  const through = await imageOf(t, lower, [{ name: "lib/new", body: "2" }]);
  assert.equal(readlinkSync(join(through.root, "lib")), "usr/lib");
  assert.deepEqual(readdirSync(join(through.root, "usr/lib")), ["new", "old"]);
  const named = await imageOf(t, lower, [
    { name: "lib/", type: "directory" },
    { name: "lib/new", body: "2" },
  ]);
  assert.deepEqual([readdirSync(join(named.root, "lib")), readdirSync(join(named.root, "usr/lib"))], [["new"], ["old"]]);
});

test("a hard link to a file of a lower layer is one more name of it", async (t) => {
  const { root } = await imageOf(t, [{ name: "bin/a", body: "1" }], [{ name: "bin/b", type: "link", linkname: "bin/a" }]);
  assert.equal(statSync(join(root, "bin/a")).ino, statSync(join(root, "bin/b")).ino);
  const missing = imageOf(t, [{ name: "x", body: "1" }], [{ name: "b", type: "link", linkname: "bin/a" }]);
  await assert.rejects(missing, /hard link \(b\) to bin\/a, which the image does not have/);
});

test("links of lower layers lead no upper layer out of the image", async (t) => {
  const up: Entry[] = [
    { name: "up", type: "symlink", linkname: "../.." },
    { name: "abs", type: "symlink", linkname: "/nowhere" },
  ];
  for (const upper of [
    [{ name: "up/secret", body: "overwritten" }],
    [{ name: "up/.wh.secret" }],
    [{ name: "up/.wh..wh..opq" }],
    [{ name: "abs/x", body: "x" }],
    [{ name: "copy", type: "link" as const, linkname: "up/up" }],
  ]) {
    const { root, folder } = await imageOf(t, up, upper).catch((error: Error) => {
      assert.match(error.message, /does not have/);
      return { root: "", folder: "" };
    });
    if (folder === "") continue;
    assert.equal(read(folder, "secret"), "secret");
    assert.deepEqual(readdirSync(folder), ["image", "layer-0", "layer-1", "secret"]);
    assert.ok(root.startsWith(folder));
  }
});
