import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { listSource, type Listing, type ListOptions } from "./source.ts";

const signal = new AbortController().signal;

function folder(files: readonly string[]): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "kinetic-source-"));
  for (const name of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), name);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

async function paths(root: string, options: Partial<ListOptions> = {}): Promise<readonly string[]> {
  const listing = await listSource(root, { signal, ...options });
  return listing.kind === "ok" ? listing.files.map(({ path }) => path) : [listing.message, listing.hint];
}

test("the files of a function are listed in order, without what is ignored", async () => {
  using at = folder(["b.js", "a/c.js", "a/b.js", "node_modules/x/index.js", ".git/HEAD", ".func/built", "x.log"]);
  writeFileSync(join(at.path, ".funcignore"), "node_modules/\n*.log\n");
  assert.deepEqual(await paths(at.path), ["a/b.js", "a/c.js", "b.js"]);
});

test("links inside a function are kept as links, with modes", async () => {
  using at = folder(["bin/run"]);
  chmodSync(join(at.path, "bin/run"), 0o755);
  symlinkSync("../bin/run", join(at.path, "bin/again"));
  symlinkSync("bin", join(at.path, "programs"));
  const listing = await listSource(at.path, { signal });
  const shown = listing.kind === "ok" ? listing.files.map(({ path, link, mode }) => [path, link ?? mode.toString(8)]) : [];
  assert.deepEqual(shown, [
    ["bin/again", "../bin/run"],
    ["bin/run", "755"],
    ["programs", "bin"],
  ]);
});

test("links out of a function are refused by name, unless they are ignored", async () => {
  for (const target of ["/etc/hostname", "../../secret", "a/../.."]) {
    using at = folder(["a/b"]);
    symlinkSync(target, join(at.path, "out"));
    const listing: Listing = await listSource(at.path, { signal });
    assert.match(listing.kind === "refused" ? listing.message : "", /the link out points out of the function's folder, to/);
    writeFileSync(join(at.path, ".funcignore"), "out\n");
    assert.deepEqual(await paths(at.path), ["a/b"]);
  }
});

test("too many files are refused with the folder that has most of them", async () => {
  using at = folder(["a", ...Array.from({ length: 12 }, (_, index) => `node_modules/p${index}/x.js`)]);
  assert.deepEqual(await paths(at.path, { limit: 10 }), [
    "the function has more than 10 files, at least 10 of them in node_modules/",
    "write node_modules/ into .funcignore if the function does not need it",
  ]);
});

test("listing ends when it is interrupted", async () => {
  using at = folder(["a"]);
  await assert.rejects(listSource(at.path, { signal: AbortSignal.abort(new Error("stopped")) }), /stopped/);
});
