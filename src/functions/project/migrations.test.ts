import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { parseText, renderLike } from "./document.ts";
import { migrate } from "./migrations.ts";
import { readConfig } from "./read-config.ts";

const FOLDER = join(import.meta.dirname, "fixtures/migrations");
const FACTS = { modified: "2021-06-01T10:00:00Z" };

function migrated(text: string): string {
  const { document } = parseText(text);
  migrate(document, FACTS);
  return renderLike(document, text);
}

for (const version of readdirSync(FOLDER)) {
  const source = readFileSync(join(FOLDER, version, "func.yaml"), "utf8");

  test(`func.yaml of ${version} becomes the present form and keeps comments, order and unknown fields`, () => {
    const expected = readFileSync(join(FOLDER, version, "expected.yaml"), "utf8");
    assert.equal(migrated(source), expected);
    for (const [comment] of source.matchAll(/#(?! one of those below).*/g)) assert.ok(expected.includes(comment), comment);
  });

  test(`func.yaml of ${version} reads the same before and after it is written`, () => {
    const before = readConfig(source, FACTS);
    const after = readConfig(migrated(source), FACTS);
    assert.equal(before.kind, "ok", JSON.stringify(before));
    assert.deepEqual(after.kind === "ok" && after.config, before.kind === "ok" && before.config);
  });
}

test("a migrated file is not migrated again", () => {
  const once = migrated(readFileSync(join(FOLDER, "v0.17/func.yaml"), "utf8"));
  const { document } = parseText(once);
  assert.equal(migrate(document, FACTS), false);
  assert.equal(migrated(once), once);
});

test("an old function without a time of creation gets that of its file", () => {
  assert.equal(parse(migrated("name: a\nruntime: go\n")).created, FACTS.modified);
  assert.equal(parse(migrated("name: a\nruntime: go\ncreated: 0001-01-01T00:00:00Z\n")).created, FACTS.modified);
});

test("a version that is a number or a word is an error, not a reason to migrate", () => {
  for (const version of ["0.36", "latest"]) {
    const read = readConfig(`specVersion: ${version}\nname: a\nruntime: go\ncreated: 2021-06-01T10:00:00Z\n`, FACTS);
    assert.equal(read.kind === "invalid" && read.problems[0]?.text, `specVersion is "${version}": must be a version, as 0.36.0`);
  }
});
