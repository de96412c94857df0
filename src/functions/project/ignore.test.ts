import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ignoredBy, readIgnore } from "./ignore.ts";

/** A path that ends with a slash is a folder. */
const CASES: readonly { rules: string; ignored?: readonly string[]; kept?: readonly string[] }[] = [
  {
    rules: "",
    ignored: [".git/", ".func/", ".func/built-hash", ".funcignore", ".gitignore", "a/.gitignore"],
    kept: ["a", ".github/x", "a/.func/x"],
  },
  { rules: "!.git\n!.func/", ignored: [".git/config", ".func/x"] },
  { rules: "# a\n\n\\#b", ignored: ["#b"], kept: ["# a", "a"] },
  { rules: "*.log", ignored: ["a.log", "b/c.log", "x.log/", "x.log/y"], kept: ["a.logs", "log"] },
  { rules: "/*.log", ignored: ["a.log"], kept: ["b/c.log"] },
  { rules: "build/", ignored: ["build/", "build/x", "a/build/x"], kept: ["build", "a/build"] },
  { rules: "a/b", ignored: ["a/b", "a/b/c"], kept: ["x/a/b", "a/bc"] },
  { rules: "**/b", ignored: ["b", "a/b", "x/a/b"], kept: ["xb"] },
  { rules: "a/**", ignored: ["a/x", "a/x/y"], kept: ["a/", "a", "x/a/y"] },
  { rules: "a/**/b", ignored: ["a/b", "a/x/b", "a/x/y/b"], kept: ["a/xb", "b"] },
  { rules: "a**b", ignored: ["ab", "axb"], kept: ["a/b"] },
  { rules: "?.js", ignored: ["a.js"], kept: ["ab.js", ".js", "a/.js"] },
  { rules: "[a-c]x\n[!a-c]y\n[^z]w\n[]]q\n[[:digit:]]d", ignored: ["ax", "dy", "aw", "]q", "7d"], kept: ["dx", "ay", "zw", "/y", "xd"] },
  { rules: "[a", kept: ["[a", "a"] },
  { rules: "[z-a]", kept: ["a", "z", "-"] },
  { rules: "*.js\n!keep.js", ignored: ["a.js"], kept: ["keep.js", "b/keep.js"] },
  { rules: "dir/\n!dir/keep", ignored: ["dir/keep"] },
  { rules: "dir/*\n!dir/keep", ignored: ["dir/a"], kept: ["dir/keep", "dir/"] },
  { rules: "\\!x\ntrail \nspace\\ ", ignored: ["!x", "trail", "space "], kept: ["x", "trail ", "space"] },
  { rules: "a.b\n(c)+", ignored: ["a.b", "(c)+"], kept: ["axb", "cc"] },
  { rules: "\uFEFFx\r\ny\r\n", ignored: ["x", "y"] },
  { rules: "ä?", ignored: ["ä🎉"], kept: ["ä"] },
  { rules: "a\\", kept: ["a", "a\\"] },
];

for (const { rules, ignored = [], kept = [] } of CASES) {
  test(`ignore rules ${JSON.stringify(rules)}`, () => {
    const isIgnored = ignoredBy(rules);
    const ask = (path: string) => isIgnored(path.replace(/\/$/, ""), path.endsWith("/"));
    assert.deepEqual(
      ignored.filter((path) => !ask(path)),
      [],
      "should be ignored",
    );
    assert.deepEqual(kept.filter(ask), [], "should be kept");
  });
}

test("the rules of a folder are those of its .funcignore", async () => {
  const root = mkdtempSync(join(tmpdir(), "kinetic-ignore-"));
  assert.equal((await readIgnore(root))("x", false), false);
  writeFileSync(join(root, ".funcignore"), "x\n");
  assert.equal((await readIgnore(root))("x", false), true);
  rmSync(root, { recursive: true });
});
