import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseText, renderLike } from "./document.ts";
import { Editor } from "./editor.ts";

/** Forms that a printer would change. */
const MESSY: Readonly<Record<string, string>> = {
  "folded text": "a: >-\n  folded text\n  goes on\n",
  "lists over lines": "a: [\n  1,\n  2,\n]\n",
  "comments behind a map": "a:\n  b: 1\n  # inside\n# behind\nc: 2\n",
  columns: "a:    1\nlong: 2   # here\n",
  "tags, numbers, nothing": "a: !!str 1\nb: 0x1F\nc: ~\nd:\n",
  "question marks": "? a\n: 1\n",
  "document marks": "---\na: 1\n...\n",
  "a byte order mark": "\uFEFFa: 1\n",
  "a tab": "a: 1\t# here\n",
  "mixed indents": "a:\n   b: 1\nc:\n- x\nd:\n  - y\n",
};

for (const [what, text] of Object.entries(MESSY)) {
  test(`an edit leaves the form of other lines: ${what}`, () => {
    const { document } = parseText(text);
    assert.equal(renderLike(document, text), text);
    new Editor(document).set(["image"], "here");
    const lines = renderLike(document, text).split("\n");
    for (const line of text.split("\n")) assert.ok(lines.includes(line), line);
    assert.equal(parseText(lines.join("\n")).document.get("image"), "here");
  });
}

test("a file without an end of line gets none", () => {
  const { document } = parseText("a: 1\nb: 2");
  assert.equal(renderLike(document, "a: 1\nb: 2"), "a: 1\nb: 2");
  new Editor(document).set(["image"], "x");
  assert.equal(renderLike(document, "a: 1\nb: 2"), "a: 1\nb: 2\nimage: x");
});

test("a list gets an entry behind lines in a form of their own", () => {
  const text = "run:\n  envs:\n  - name:   A\n    value:  x # here\ndeploy:   {}\n";
  const { document } = parseText(text);
  new Editor(document).append(["run", "envs"], { name: "B", value: "y" });
  assert.equal(renderLike(document, text), text.replace("deploy:", "  - name: B\n    value: y\ndeploy:"));
});

const entry = fc.constantFrom("    - {name: A,   value: x}", "    -   name: A", "    # why", "", "    - name: B # b\n      value:   'y'");
const block = fc.constantFrom("x:   1", "# about", "", "y: [1,\n  2]", "z:\n    - q", 'w: "a"   # w', "v: |\n  text\n   more");
const file = fc.tuple(fc.array(block, { maxLength: 4 }), fc.array(entry, { maxLength: 4 }), fc.array(block, { maxLength: 4 }));

test("what an edit does is done, and everything else is said as before", () => {
  fc.assert(
    fc.property(file, fc.constantFrom("append", "remove", "set"), ([before, entries, after], what) => {
      const text = [...before, "run:", "  envs:", ...entries, ...after, "end: 1"].join("\n");
      const { document, problems } = parseText(text);
      fc.pre(problems.length === 0); // a key twice
      const expected = document.clone();
      for (const one of [document, expected]) change(new Editor(one), what);
      const printed = renderLike(document, text);
      assert.deepEqual(parseText(printed).document.toJS(), expected.toJS());
      for (const comment of text.match(/# about|# w$/gm) ?? []) assert.ok(printed.includes(comment), comment);
    }),
    { numRuns: 300 },
  );
});

function change(editor: Editor, what: "append" | "remove" | "set"): void {
  if (what === "append") editor.append(["run", "envs"], { name: "NEW", value: "1" });
  else if (what === "remove") editor.remove(["run", "envs", 0]);
  else editor.set(["deploy", "namespace"], "there");
}
