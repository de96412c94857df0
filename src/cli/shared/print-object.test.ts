import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UserError, type Io } from "./io.ts";
import { printerOf, type PrintFlags } from "./print-object.ts";

const OBJECT = { apiVersion: "v1", kind: "Thing", metadata: { name: "a", managedFields: [] }, n: 1 };

async function printed(flags: PrintFlags): Promise<{ out: string; error: string | undefined }> {
  let out = "";
  const io = { stdout: { write: (text: string) => (out += text) } } as unknown as Io;
  try {
    await printerOf(flags)?.(OBJECT, io);
    return { out, error: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { out, error: error.message };
  }
}

test("-o go-template: inline, by --template, and under the name template", async () => {
  for (const flags of [
    { output: "go-template={{.kind}}" },
    { output: "go-template", template: "{{.kind}}" },
    { output: "template={{.kind}}" },
  ]) {
    assert.deepEqual(await printed(flags), { out: "Thing", error: undefined });
  }
  assert.equal((await printed({ output: "go-template={{.metadata}}" })).out, "map[name:a]");
});

test("-o go-template-file and templatefile read the template", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "kn-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "t");
  await writeFile(file, "{{.n}}\n");
  for (const format of ["go-template-file", "templatefile"]) {
    assert.deepEqual(await printed({ output: `${format}=${file}` }), { out: "1\n", error: undefined });
  }
  const missing = `error reading --template ${file}x, open ${file}x: no such file or directory`;
  assert.equal((await printed({ output: `go-template-file=${file}x` })).error, missing);
});

test("-o go-template: a template that is none, and one that fails", async () => {
  assert.equal((await printed({ output: "go-template" })).error, "template format specified but no template given");
  assert.equal((await printed({ output: "go-template={{.a" })).error, "error parsing template {{.a, template: output:1: unclosed action");
  const failed = await printed({ output: "go-template=x{{.kind.a}}" });
  const said = `template: output:1:8: executing "output" at <.kind.a>: can't evaluate field a in type interface {}`;
  assert.equal(failed.error, `error executing template "x{{.kind.a}}": ${said}`);
  assert.equal(
    failed.out,
    `xError executing template: ${said}. Printing more information for debugging the template:\n\ttemplate was:\n\t\tx{{.kind.a}}\n` +
      `\traw data was:\n\t\t{"apiVersion":"v1","kind":"Thing","metadata":{"name":"a"},"n":1}\n` +
      `\tobject given to template engine was:\n\t\tmap[apiVersion:v1 kind:Thing metadata:map[name:a] n:1]\n\n`,
  );
});

test("-o go-template: a missing key is <no value>, or an error without --allow-missing-template-keys", async () => {
  assert.equal((await printed({ output: "go-template={{.nope}}" })).out, "<no value>");
  const strict = await printed({ output: "go-template={{.nope}}", allowMissingTemplateKeys: false });
  assert.match(strict.error ?? "", /map has no entry for key "nope"$/);
});
