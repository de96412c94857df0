import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ensureStateFolder, readLocal, writeLocal } from "./local-state.ts";

function folder(): { readonly path: string; read(name: string): string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "kinetic-local-"));
  return { path, read: (name) => readFileSync(join(path, name), "utf8"), [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test("local values come back, and those of other programs stay", () => {
  using at = folder();
  assert.deepEqual(readLocal(at.path), {});
  mkdirSync(join(at.path, ".func"));
  writeFileSync(join(at.path, ".func/local.yaml"), "remote: false\nother: 1 # theirs\n");
  writeLocal(at.path, { builder: "host", registry: "localhost:5000/default" });
  assert.deepEqual(readLocal(at.path), { remote: false, builder: "host", registry: "localhost:5000/default" });
  writeLocal(at.path, { builder: undefined });
  assert.equal(at.read(".func/local.yaml"), "remote: false\nother: 1 # theirs\nregistry: localhost:5000/default\n");
});

test("a broken local file counts as none and is written anew", () => {
  using at = folder();
  ensureStateFolder(at.path);
  writeFileSync(join(at.path, ".func/local.yaml"), "a: [\n");
  assert.deepEqual(readLocal(at.path), {});
  writeLocal(at.path, { image: "i" });
  assert.equal(at.read(".func/local.yaml"), "image: i\n");
});

test("the folder of local state is kept out of git once, unless the user wants it there", () => {
  for (const [before, after] of [
    [undefined, "/.func\n"],
    ["x", "x\n/.func\n"],
    ["/.func\r\nx\n", "/.func\r\nx\n"],
    [".func/\n", ".func/\n"],
    ["# /.func\n", "# /.func\n"],
    [".functions\n", ".functions\n/.func\n"],
  ] as const) {
    using at = folder();
    if (before !== undefined) writeFileSync(join(at.path, ".gitignore"), before);
    ensureStateFolder(at.path);
    ensureStateFolder(at.path);
    assert.equal(at.read(".gitignore"), after);
  }
});
