import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../testing/requirements.ts";
import { findTemplate, runtimesIn, templatesIn } from "./catalog.ts";
import { folder, type Folder } from "./fixtures/folder.ts";
import { parseAddress } from "./git.ts";
import { builtInRepository, InstalledRepositories, openRepository } from "./repositories.ts";

const options = { signal: new AbortController().signal, env: process.env };
const GIT = requires("git");
const FILES = { "go/hello/f.go": "package f\n", "go/scaffolding/main.go": "", ".hidden/x/y": "", "rust/web/src/lib.rs": "" };

function git(at: Folder, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
  const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd: at.path, encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

test("the built-in repository has four languages with two templates each", () => {
  const all = [builtInRepository()];
  assert.deepEqual(runtimesIn(all), ["go", "node", "python", "typescript"]);
  for (const runtime of runtimesIn(all)) assert.deepEqual(templatesIn(all, runtime), ["cloudevents", "http"]);
});

test("templates of other repositories have their repository as a prefix and come last", () => {
  using repositories = folder({ "beta/go/b/x": "", "alpha/go/a/x": "", "alpha/zig/z/x": "" });
  const all = [builtInRepository(), ...new InstalledRepositories(repositories.path).list()];
  assert.deepEqual(templatesIn(all, "go"), ["cloudevents", "http", "alpha/a", "beta/b"]);
  assert.equal(findTemplate(all, "go", "alpha/a").kind, "ok");
  assert.deepEqual(findTemplate(all, "go", "a"), { kind: "no-template", templates: ["cloudevents", "http", "alpha/a", "beta/b"] });
  assert.deepEqual(findTemplate(all, "go", "gamma/a"), { kind: "no-repository", repository: "gamma" });
  assert.deepEqual(findTemplate(all, "cobol", "http"), { kind: "no-runtime", runtimes: ["go", "node", "python", "typescript", "zig"] });
  assert.equal(findTemplate(all, "zig", "http").kind, "no-template");
});

test("an address may name a branch", () => {
  assert.deepEqual(parseAddress("https://h/r.git#dev"), { url: "https://h/r.git", branch: "dev" });
  assert.deepEqual(parseAddress("https://h/r.git"), { url: "https://h/r.git" });
  assert.deepEqual(parseAddress("https://h/r.git#"), { url: "https://h/r.git" });
});

test("a folder is a repository as it is now, and is added as a copy", async () => {
  using source = folder(FILES);
  using installed = folder();
  using empty = folder({ "a/b": "" });
  const repositories = new InstalledRepositories(join(installed.path, "new/repositories"));
  assert.deepEqual(repositories.list(), []);
  assert.equal(await repositories.add("mine", `file://${source.path}`, options), "mine");
  assert.deepEqual(templatesIn(repositories.list(), "go"), ["mine/hello"]);
  assert.deepEqual(runtimesIn(repositories.list()), ["go", "rust"]);
  await assert.rejects(repositories.add("mine", `file://${source.path}`, options), /'mine' already exists/);
  await assert.rejects(repositories.add("default", `file://${source.path}`, options), /already exists/);
  await assert.rejects(repositories.add("../up", `file://${source.path}`, options), /is no name for a repository/);
  await assert.rejects(repositories.add("x", `file://${source.path}/nowhere`, options), /there is no folder/);
  await assert.rejects(repositories.add("x", `file://${empty.path}`, options), /has no templates/);
});

test("repositories are renamed and removed, the built-in one is not", async () => {
  using source = folder({ ...FILES, "manifest.yaml": "name: own\n" });
  using installed = folder();
  const repositories = new InstalledRepositories(installed.path);
  assert.equal(await repositories.add(undefined, `file://${source.path}`, options), "own");
  repositories.rename("own", "other");
  assert.deepEqual(repositories.names(), ["other"]);
  assert.throws(() => repositories.rename("own", "x"), /'own' not found/);
  assert.throws(() => repositories.rename("other", "default"), /already exists/);
  assert.throws(() => repositories.remove("default"), /built in/);
  assert.throws(() => repositories.remove(".."), /not found/);
  repositories.remove("other");
  assert.deepEqual(repositories.names(), []);
  assert.ok(source.files().length > 0);
});

test("git repositories are cloned, branches too, and remember where they came from", { skip: GIT }, async () => {
  using source = folder(FILES);
  git(source, "init", "--quiet");
  git(source, "add", ".");
  git(source, "commit", "--quiet", "-m", "one");
  git(source, "checkout", "--quiet", "-b", "dev");
  source.write({ "go/later/f.go": "" });
  git(source, "add", ".");
  git(source, "commit", "--quiet", "-m", "two");
  git(source, "checkout", "--quiet", "main");
  using bare = folder();
  git(bare, "clone", "--quiet", "--bare", source.path, join(bare.path, "templates.git"));
  using installed = folder();
  const repositories = new InstalledRepositories(installed.path);
  const address = `file://${bare.path}/templates.git`;
  assert.equal(await repositories.add(undefined, address, options), "templates");
  assert.equal(await repositories.origin("templates", options), address);
  assert.deepEqual(templatesIn(repositories.list(), "go"), ["templates/hello"]);
  {
    using dev = await openRepository(`${address}#dev`, { ...options, name: "default" });
    assert.deepEqual(templatesIn([dev.repository], "go"), ["hello", "later"]);
  }
  await assert.rejects(openRepository(`${address}#none`, options), /could not get the repository .*none/);
});

test("an address where nothing is says what git says, and a signal ends the wait", { skip: GIT }, async () => {
  using at = folder();
  await assert.rejects(openRepository(`${at.path}/nothing`, options), /could not get the repository .*does not exist/);
  const aborted = { ...options, signal: AbortSignal.abort(new Error("stopped")) };
  await assert.rejects(openRepository(`${at.path}/nothing`, aborted), /stopped/);
});

test("without git there is a next step", async () => {
  await assert.rejects(openRepository("https://example.com/x.git", { ...options, env: { PATH: "/nowhere" } }), {
    name: "TemplateError",
    message: "the program git is not installed",
  });
});

test("a manifest with mistakes tells them all, with lines", async () => {
  using source = folder({ "go/x/manifest.yaml": "invoke: grpc\nbuildpacks: x\n" });
  await assert.rejects(
    openRepository(`file://${source.path}`, options),
    /manifest.yaml' contains errors:\n\tline 1: invoke must be one of .*\n\tline 2: /,
  );
});
