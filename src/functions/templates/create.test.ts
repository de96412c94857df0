import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadProject } from "../project/project.ts";
import { findTemplate } from "./catalog.ts";
import { createFunction } from "./create.ts";
import { folder } from "./fixtures/folder.ts";
import { builtInRepository } from "./repositories.ts";
import { readRepository, type Template } from "./repository.ts";

const created = "2026-01-01T00:00:00Z";

function builtIn(runtime: string, name = "http"): Template {
  const found = findTemplate([builtInRepository()], runtime, name);
  return found.kind === "ok" ? found.template : assert.fail(found.kind);
}

/** The template of a repository with nothing else. */
function only(path: string): Template {
  const template = readRepository(path, { fallback: "mine" }).languages[0]?.templates[0];
  return template ?? assert.fail("no template");
}

for (const runtime of ["node", "typescript", "go", "python"]) {
  for (const name of ["http", "cloudevents"]) {
    test(`a function from ${runtime}/${name} is complete and its func.yaml reads without a notice`, () => {
      using at = folder();
      const root = join(at.path, "hello");
      assert.equal(createFunction({ root, template: builtIn(runtime, name), created }), "hello");
      const files = readdirSync(root);
      for (const file of ["README.md", ".funcignore", ".gitignore", "func.yaml"]) assert.ok(files.includes(file), file);
      assert.ok(!files.includes("manifest.yaml") && !files.includes("_gitignore"));
      assert.match(at.read("hello/.gitignore"), /^\/\.func$/m);
      const loaded = loadProject(root);
      assert.deepEqual(loaded.kind === "ok" && [loaded.project.config, loaded.project.notices], [
        {
          specVersion: "0.36.0",
          name: "hello",
          runtime,
          created,
          ...(name === "http" ? {} : { invoke: "cloudevent" }),
          ...(runtime === "typescript" ? { build: { buildEnvs: [{ name: "BP_NODE_RUN_SCRIPTS", value: "build" }] } } : {}),
        },
        [],
      ]);
    });
  }
}

test("func.yaml starts with its schema, and holds no defaults of ours", () => {
  using at = folder();
  createFunction({ root: join(at.path, "a"), template: builtIn("go"), created });
  assert.match(
    at.read("a/func.yaml"),
    /^# \$schema: \S+\n# yaml-language-server: \$schema=\S+\nspecVersion: 0.36.0\nname: a\nruntime: go\ncreated: \S+\n$/,
  );
});

test("manifests of a repository, a language and a template lie over each other", () => {
  using repository = folder({
    "manifest.yaml": "templates: t\nhealthEndpoints: {liveness: /root-live, readiness: /root-ready}\nbuildpacks: [root]\n",
    "t/go/manifest.yaml": "healthEndpoints: {readiness: /go-ready}\nbuildEnvs: [{name: A, value: go}]\n",
    "t/go/x/manifest.yaml": "invoke: cloudevent\nbuildpacks: [x]\nrunEnvs: [{name: B, value: ''}]\n",
    "t/go/x/f.go": "package f\n",
  });
  using at = folder();
  createFunction({ root: join(at.path, "a"), template: only(repository.path), created });
  const loaded = loadProject(join(at.path, "a"));
  const { invoke, build, run, deploy } = loaded.kind === "ok" ? loaded.project.config : assert.fail();
  assert.deepEqual(
    { invoke, build, run, deploy },
    {
      invoke: "cloudevent",
      build: { buildpacks: ["x"], buildEnvs: [{ name: "A", value: "go" }] },
      run: { envs: [{ name: "B", value: "" }] },
      deploy: { healthEndpoints: { liveness: "/root-live", readiness: "/go-ready" } },
    },
  );
});

test("programs stay programs, links inside of a template stay links", () => {
  using repository = folder({ "go/x/bin/run": "#!/bin/sh\n", "go/x/a": "" });
  chmodSync(join(repository.path, "go/x/bin/run"), 0o700);
  symlinkSync("../a", join(repository.path, "go/x/bin/link"));
  using at = folder();
  createFunction({ root: join(at.path, "f"), template: only(repository.path), created });
  assert.equal(statSync(join(at.path, "f/bin/run")).mode & 0o777, 0o755);
  assert.equal(at.read("f/bin/link"), "");
});

test("a folder with hidden files takes a function, and keeps them", () => {
  using at = folder({ "f/.git/HEAD": "ref", "f/.gitignore": "mine\n", "f/.envrc": "x" });
  createFunction({ root: join(at.path, "f"), template: builtIn("node"), created });
  assert.equal(at.read("f/.gitignore"), "mine\n/.func\n");
  assert.equal(at.read("f/.envrc"), "x");
  assert.ok(at.files().includes("f/index.js"));
});

const REFUSED: readonly { what: string; files: Readonly<Record<string, string>>; root: string; message: RegExp }[] = [
  { what: "a folder with files", files: { "f/a.txt": "", "f/b.txt": "" }, root: "f", message: /is not empty: a.txt, b.txt/ },
  { what: "a function", files: { "f/func.yaml": "" }, root: "f", message: /there is already a function/ },
  { what: "a file", files: { f: "" }, root: "f", message: /is a file/ },
  { what: "a name that no Service can have", files: {}, root: "Hello_World", message: /'Hello_World' is no name for a function/ },
  { what: "a name that starts with a digit", files: {}, root: "1st", message: /'1st' is no name for a function/ },
];

for (const { what, files, root, message } of REFUSED) {
  test(`${what} is refused, and nothing is written`, () => {
    using at = folder(files);
    assert.throws(() => createFunction({ root: join(at.path, root), template: builtIn("go"), created }), {
      name: "TemplateError",
      message,
    });
    assert.deepEqual(at.files(), Object.keys(files).toSorted());
  });
}

test("a template that cannot be copied whole leaves nothing behind", () => {
  using repository = folder({ "go/x/a": "" });
  symlinkSync("/etc/hostname", join(repository.path, "go/x/z"));
  using at = folder();
  mkdirSync(join(at.path, "f"));
  for (const root of ["f", "new/deep/g"]) {
    assert.throws(
      () => createFunction({ root: join(at.path, root), template: only(repository.path), created }),
      /has the link z, which points out of it/,
    );
  }
  assert.deepEqual(readdirSync(at.path, { recursive: true }), ["f"]);
});
