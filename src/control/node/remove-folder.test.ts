import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openFolder } from "./fixtures/fixtures.ts";
import { removeFolder } from "./remove-folder.ts";

test("a folder into which somebody still writes is removed as soon as that ends, and nobody fails over it", async () => {
  await using parent = await openFolder();
  const folder = join(parent.path, "sandbox");
  let turns = 0;
  const write = () => {
    const inner = join(folder, `scratch-${turns}`);
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, "file"), "");
    if (++turns < 200) setImmediate(write);
  };
  write();
  await removeFolder(folder);
  assert.equal(turns, 200, "it outlasted the writer");
  assert.equal(existsSync(folder), false);
});
