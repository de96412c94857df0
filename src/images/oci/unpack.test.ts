import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  lstatSync,
  mkdirSync,
  writeFileSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { seededRandom } from "../../std/random.ts";
import { layerOf, pieces, tarOf, type Entry } from "./fixtures/tar.ts";
import { sha256Digest } from "./manifest.ts";
import { UNPACK_LIMITS, unpackLayer, type UnpackLimits } from "./unpack.ts";

const isRoot = process.getuid?.() === 0;

function folders(t: TestContext): { outside: string; root: string } {
  const outside = mkdtempSync(join(tmpdir(), "kinetic-unpack-"));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  const root = join(outside, "tree");
  mkdirSync(root);
  writeFileSync(join(outside, "secret"), "secret", { mode: 0o600 });
  return { outside, root };
}

async function unpack(t: TestContext, entries: readonly Entry[], rights = { isRoot }) {
  const { root } = folders(t);
  const layer = await unpackLayer(layerOf(await tarOf(entries)), root, rights);
  return { layer, root };
}

test("files, folders, links, modes, owners and times come out as the archive has them", async (t) => {
  const long = `${"d".repeat(120)}/${"f".repeat(180)}`;
  const { root } = await unpack(t, [
    { name: "./", type: "directory", mode: 0o755 },
    { name: "bin/", type: "directory", mode: 0o750, mtime: new Date(1_000_000_000_000) },
    { name: "bin/tool", body: "tool", mode: 0o4755, uid: 12, gid: 34, mtime: new Date(1_100_000_000_000) },
    { name: "bin/again", type: "link", linkname: "bin/tool" },
    { name: "sh", type: "symlink", linkname: "/bin/tool", uid: 5, gid: 6 },
    { name: "pipe", type: "fifo", mode: 0o600 },
    { name: long, body: "long" },
    { name: "empty", body: "" },
  ]);
  assert.equal(readFileSync(join(root, "bin/tool"), "utf8"), "tool");
  assert.equal(readFileSync(join(root, long), "utf8"), "long");
  assert.equal(readlinkSync(join(root, "sh")), "/bin/tool");
  const tool = statSync(join(root, "bin/tool"));
  assert.deepEqual([tool.mode & 0o7777, tool.mtimeMs, tool.nlink], [0o4755, 1_100_000_000_000, 2]);
  assert.equal(tool.ino, statSync(join(root, "bin/again")).ino);
  const bin = statSync(join(root, "bin"));
  assert.deepEqual([bin.mode & 0o777, bin.mtimeMs], [0o750, 1_000_000_000_000], "also after its files were made");
  assert.equal(lstatSync(join(root, "pipe")).isFIFO(), true);
  if (!isRoot) return;
  assert.deepEqual([tool.uid, tool.gid], [12, 34]);
  assert.deepEqual([lstatSync(join(root, "sh")).uid, lstatSync(join(root, "sh")).gid], [5, 6]);
});

test("without root nobody is given files, and what was unpacked can be deleted", async (t) => {
  const entries: Entry[] = [
    { name: "closed/", type: "directory", mode: 0o011, uid: 9 },
    { name: "closed/file", body: "x", mode: 0o011, uid: 9, gid: 9 },
  ];
  const { root } = await unpack(t, entries, { isRoot: false });
  assert.equal(statSync(join(root, "closed")).mode & 0o777, 0o711);
  const file = statSync(join(root, "closed/file"));
  assert.deepEqual([file.mode & 0o777, file.uid], [0o411, process.getuid?.()]);
});

test("gzip, several gzip members, zstd and plain archives are read, whatever the size of the pieces", async (t) => {
  const tar = await tarOf([{ name: "file", body: "content".repeat(1000) }]);
  const twice = (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 777)), gzipSync(bytes.subarray(777))]);
  for (const compress of [gzipSync, twice, zstdCompressSync, (bytes: Buffer) => bytes]) {
    for (const size of [1, 511, 512, 70_000]) {
      const { root } = folders(t);
      const layer = layerOf(tar, compress as (tar: Buffer) => Buffer);
      const stored = (compress as (tar: Buffer) => Buffer)(tar);
      await unpackLayer({ ...layer, bytes: pieces(stored, size) }, root, { isRoot });
      assert.equal(readFileSync(join(root, "file"), "utf8"), "content".repeat(1000));
    }
  }
});

test("archives of the system's tar are read in every format, sparse files too", async (t) => {
  const { outside, root: source } = folders(t);
  const hole = join(source, "hole");
  writeFileSync(hole, "begin");
  truncateSync(hole, 5_000_000);
  writeFileSync(hole, "end", { flag: "a" });
  writeFileSync(join(source, "n".repeat(200)), "long name");
  const formats = ["gnu", "pax", "ustar"].flatMap((format) => (format === "ustar" ? [[format]] : [[format], [format, "--sparse"]]));
  const versions = ["0.0", "0.1", "1.0"].map((version) => ["pax", "--sparse", `--sparse-version=${version}`]);
  for (const [format = "", ...flags] of [...formats, ...versions]) {
    const files = format === "ustar" ? ["hole"] : ["."];
    const tar = execFileSync("tar", [`--format=${format}`, ...flags, "-c", "-C", source, ...files], { maxBuffer: 64 * 1024 * 1024 });
    const root = join(outside, `out-${format}-${flags.join("")}`);
    mkdirSync(root);
    const layer = unpackLayer(layerOf(tar), root, { isRoot });
    if (flags.includes("--sparse-version=0.0")) {
      await assert.rejects(layer, /sparse file in a format that this platform does not read/);
      continue;
    }
    await layer;
    assert.deepEqual(readFileSync(join(root, "hole")), readFileSync(hole), `${format} ${flags.join(" ")}`);
    if (flags.length > 0) assert.ok(statSync(join(root, "hole")).blocks < 100, "the hole takes no space");
    if (format !== "ustar") assert.equal(readFileSync(join(root, "n".repeat(200)), "utf8"), "long name");
  }
});

test("a later entry replaces an earlier one of the same name", async (t) => {
  const { root } = await unpack(t, [
    { name: "a", body: "first" },
    { name: "a", body: "second" },
    { name: "b/", type: "directory" },
    { name: "b/in", body: "x" },
    { name: "b", body: "file" },
    { name: "c", body: "file" },
    { name: "c/", type: "directory", mode: 0o755 },
    { name: "c/in", body: "y" },
    { name: "d/", type: "directory" },
    { name: "d/kept", body: "z" },
    { name: "d/", type: "directory", mode: 0o711 },
  ]);
  assert.equal(readFileSync(join(root, "a"), "utf8"), "second");
  assert.equal(readFileSync(join(root, "b"), "utf8"), "file");
  assert.deepEqual([readdirSync(join(root, "c")), readdirSync(join(root, "d"))], [["in"], ["kept"]]);
  assert.equal(statSync(join(root, "d")).mode & 0o777, 0o711);
});

test("what is for other layers is noted, not made: whiteouts, links to files below, folders that are not named", async (t) => {
  const { layer, root } = await unpack(t, [
    { name: "etc/", type: "directory" },
    { name: "etc/.wh.passwd" },
    { name: "var/lib/.wh..wh..opq" },
    { name: ".wh..wh.plnk", type: "directory" },
    { name: "usr/bin/tool", body: "x" },
    { name: "usr/bin/other", type: "link", linkname: "usr/bin/below" },
  ]);
  assert.deepEqual(layer.whiteouts, ["etc/passwd"]);
  assert.deepEqual(layer.opaque, ["var/lib"]);
  assert.deepEqual(layer.links, [{ path: "usr/bin/other", target: "usr/bin/below" }]);
  assert.deepEqual(layer.implicit.toSorted(), ["", "usr", "usr/bin"]);
  assert.deepEqual(readdirSync(root).toSorted(), ["etc", "usr"]);
});

test("devices and file capabilities are left out with a note", async (t) => {
  const { layer, root } = await unpack(t, [
    { name: "dev/null", type: "character-device", devmajor: 1, devminor: 3 },
    { name: "srv/sda", type: "block-device", devmajor: 8, devminor: 0 },
    { name: "ping", body: "x", pax: { "SCHILY.xattr.security.capability": "x" } as never },
  ]);
  assert.deepEqual(readdirSync(root), ["ping"]);
  assert.match(layer.notes.join("\n"), /^srv\/sda: a device of an image is not made\nping: its file capabilities are dropped$/);
});

interface Hostile {
  readonly what: string;
  readonly entries: readonly Entry[];
  /** undefined: it is unpacked, and harmless. */
  readonly refused?: RegExp;
  readonly limits?: Partial<UnpackLimits>;
}

const HOSTILE: readonly Hostile[] = [
  { what: "a path that goes up", entries: [{ name: "../escape", body: "x" }], refused: /outside of the image: \.\.\/escape/ },
  { what: "a path that goes down and up", entries: [{ name: "a/../../escape", body: "x" }], refused: /outside of the image/ },
  { what: "an absolute path", entries: [{ name: "/etc/inside", body: "x" }] },
  { what: "a file that replaces the root", entries: [{ name: ".", body: "x" }], refused: /replaces the root/ },
  {
    what: "a link to above and a file below it",
    entries: [
      { name: "up", type: "symlink", linkname: "../.." },
      { name: "up/escape", body: "x" },
    ],
  },
  {
    what: "an absolute link and a file below it",
    entries: [
      { name: "away", type: "symlink", linkname: tmpdir() },
      { name: "away/escape", body: "x" },
    ],
  },
  {
    what: "a link in place of a file that is written next",
    entries: [
      { name: "file", type: "symlink", linkname: "../secret" },
      { name: "file", body: "overwritten" },
    ],
  },
  {
    what: "a folder that becomes a link before its mode is set",
    entries: [
      { name: "d/", type: "directory", mode: 0o777 },
      { name: "d/tree/", type: "directory", mode: 0o777 },
      { name: "d", type: "symlink", linkname: ".." },
    ],
  },
  {
    what: "a chain of links",
    entries: [
      { name: "loop", type: "symlink", linkname: "loop" },
      { name: "loop/x", body: "x" },
    ],
    refused: /too many links/,
  },
  { what: "a hard link to above", entries: [{ name: "stolen", type: "link", linkname: "../secret" }], refused: /outside of the image/ },
  {
    what: "a hard link through a link",
    entries: [
      { name: "up", type: "symlink", linkname: ".." },
      { name: "stolen", type: "link", linkname: "up/secret" },
    ],
  },
  {
    what: "a hard link to a folder",
    entries: [
      { name: "d/", type: "directory" },
      { name: "l", type: "link", linkname: "d" },
    ],
    refused: /not a file/,
  },
  {
    what: "a file below a file",
    entries: [
      { name: "f", body: "x" },
      { name: "f/x", body: "x" },
    ],
    refused: /f is not a folder/,
  },
  { what: "a whiteout of what is above", entries: [{ name: "a/.wh..." }], refused: /removes what it cannot name/ },
  { what: "a whiteout of the folder itself", entries: [{ name: "a/.wh.." }], refused: /removes what it cannot name/ },
  { what: "a whiteout below a link", entries: [{ name: "up", type: "symlink", linkname: ".." }, { name: "up/.wh.secret" }] },
  {
    what: "too many files",
    entries: Array.from({ length: 11 }, (_, index) => ({ name: `${index}` })),
    limits: { entries: 10 },
    refused: /more than 10 files/,
  },
  {
    what: "too large a file",
    entries: [{ name: "f", body: "x".repeat(2000) }],
    limits: { fileBytes: 1999 },
    refused: /file of 2000 bytes \(f\)/,
  },
  { what: "too much in all", entries: [{ name: "f", body: "x".repeat(5000) }], limits: { bytes: 4000 }, refused: /larger than 4000 bytes/ },
  {
    what: "a bomb",
    entries: [{ name: "f", body: Buffer.alloc(3_000_000) }],
    limits: { ratio: 100, ratioFromBytes: 100_000 },
    refused: /more than 100 times its size/,
  },
];

for (const { what, entries, refused, limits } of HOSTILE) {
  test(`hostile layer: ${what}`, async (t) => {
    const { outside, root } = folders(t);
    const before = [readdirSync(outside), readdirSync(join(outside, "..")).includes("escape"), statSync(outside).mode];
    const work = unpackLayer(layerOf(await tarOf(entries)), root, { isRoot, limits: { ...UNPACK_LIMITS, ...limits } });
    if (refused === undefined) await work;
    else await assert.rejects(work, refused);
    const after = [readdirSync(outside), readdirSync(join(outside, "..")).includes("escape"), statSync(outside).mode];
    assert.deepEqual(after, before, "nothing outside of the folder is made or changed");
    assert.equal(readFileSync(join(outside, "secret"), "utf8"), "secret");
    assert.equal(statSync(join(outside, "secret")).nlink, 1);
  });
}

test("a huge sparse file is refused by its size as it is read", async (t) => {
  const { outside, root } = folders(t);
  const huge = join(outside, "huge");
  writeFileSync(huge, "");
  truncateSync(huge, 2 ** 41);
  const tar = execFileSync("tar", ["--format=gnu", "--sparse", "-c", "-C", outside, "huge"]);
  await assert.rejects(unpackLayer(layerOf(tar), root, { isRoot }), /file of 2199023255552 bytes/);
});

test("cut off and damaged layers are refused", async (t) => {
  const tar = await tarOf([{ name: "file", body: "x".repeat(5000) }]);
  const cut = tar.subarray(0, 2000);
  const broken = Buffer.from(tar);
  broken[20] = 0x41;
  const gzipped = gzipSync(tar);
  const cases: [string, ReturnType<typeof layerOf>, RegExp][] = [
    ["cut in an entry", layerOf(cut), /ends in the middle of an entry/],
    ["a damaged header", layerOf(broken), /wrong checksum/],
    ["cut in the compression", layerOf(tar, () => gzipped.subarray(0, 30)), /ends too early/],
    [
      "damaged compression",
      layerOf(tar, () => Buffer.concat([gzipped.subarray(0, 12), Buffer.from("damage"), gzipped.subarray(18)])),
      /is damaged/,
    ],
    ["another digest", { ...layerOf(tar), digest: sha256Digest(Buffer.from("x")) }, /is damaged: its content has digest sha256:/],
    ["another diffID", { ...layerOf(tar), diffId: sha256Digest(Buffer.from("x")) }, /but the image's configuration states sha256:/],
  ];
  for (const [what, layer, message] of cases) {
    await assert.rejects(unpackLayer(layer, folders(t).root, { isRoot }), message, what);
  }
});

test("an error of the stream that feeds the layer is the error that is told", async (t) => {
  const first = gzipSync(await tarOf([{ name: "file", body: "x" }])).subarray(0, 20);
  async function* failing() {
    yield first;
    throw new Error("the disk is gone");
  }
  const layer = { ...layerOf(Buffer.alloc(1024)), bytes: failing() };
  await assert.rejects(unpackLayer(layer, folders(t).root, { isRoot }), /the disk is gone/);
});

test("damaged archives are refused or harmless, whatever the damage", async (t) => {
  const tar = await tarOf([
    { name: "d/", type: "directory" },
    { name: "d/f", body: "x".repeat(700) },
    { name: "d/l", type: "symlink", linkname: "../../secret" },
    { name: "d/h", type: "link", linkname: "d/f" },
    { name: `${"n".repeat(150)}/f`, body: "y", uid: 3_000_000 },
  ]);
  const { outside } = folders(t);
  const random = seededRandom(42);
  const pick = (limit: number) => Math.floor(random() * limit);
  let refused = 0;
  for (let round = 0; round < 300; round += 1) {
    const root = join(outside, `tree-${round}`);
    mkdirSync(root);
    const damaged = Buffer.from(tar.subarray(0, round % 3 === 0 ? pick(tar.length) : tar.length));
    for (let hits = pick(4); hits > 0 && damaged.length > 0; hits -= 1) damaged[pick(damaged.length)] = pick(256);
    for (let at = 0; at + 512 <= damaged.length && round % 2 === 0; at += 512) fixChecksum(damaged.subarray(at, at + 512));
    await unpackLayer(layerOf(damaged), root, { isRoot }).catch((error: Error) => {
      refused += 1;
      assert.ok(error.message.length > 0, error.stack ?? "");
    });
    rmSync(root, { recursive: true });
    assert.deepEqual(readdirSync(outside), ["secret", "tree"]);
    assert.equal(readFileSync(join(outside, "secret"), "utf8"), "secret");
  }
  assert.ok(refused > 50 && refused < 300, `${refused} refused`);
});

/** Damage behind a right checksum goes deeper. */
function fixChecksum(block: Buffer): void {
  if (block.toString("latin1", 257, 262) !== "ustar") return;
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
