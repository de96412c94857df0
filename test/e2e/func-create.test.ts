/** `func create` and `func config` as a user starts them; the templates' own tests with what is on the machine. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, KINETIC, ROOT, run, temporaryFolder, type Finished } from "./harness.ts";

const FUNC = join(ROOT, "bin/func.js");
const TEMPLATES = ["http", "cloudevents"] as const;

interface Place {
  readonly folder: string;
  func(...args: readonly string[]): Promise<Finished>;
}

/** A folder whose user has no configuration of their own. */
async function place(t: TestContext): Promise<Place> {
  const folder = await temporaryFolder(t);
  const env = { HOME: folder, XDG_CONFIG_HOME: "", FUNC_PATH: folder };
  return { folder, func: (...args) => run(process.execPath, [FUNC, ...args], { env }) };
}

/** Creates a function and returns its folder. */
async function created({ folder, func }: Place, language: string, template: string): Promise<string> {
  const root = join(folder, `${language}-${template}`);
  const { code, stderr } = await func("create", "--language", language, "--template", template, root);
  assert.deepEqual([code, stderr], [0, `Created ${language} function in ${root}\n`]);
  return root;
}

async function passes(root: string, program: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run("sh", ["-c", 'cd "$0" && exec "$@"', root, program, ...args]);
  assert.equal(code, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
}

/** The types of the runtime that a user's editor reads, as far as the templates use them. */
const RUNTIME_TYPES = `declare module "faas-js-runtime" {
  import type { CloudEvent } from "cloudevents";
  export type IncomingBody = string | object | Buffer;
  export interface StructuredReturn { statusCode?: number; headers?: Record<string, string>; body?: IncomingBody }
  export interface CloudEventResponse {
    id(id: string): CloudEventResponse; source(source: string): CloudEventResponse;
    type(type: string): CloudEventResponse; version(version: string): CloudEventResponse; response(): CloudEvent;
  }
  export interface Context {
    log: Record<"debug" | "info" | "warn" | "error", (message: unknown) => void>;
    method: string; headers: Record<string, unknown>; query?: Record<string, unknown>;
    cloudEventResponse(data: string | object): CloudEventResponse;
  }
}
`;

for (const template of TEMPLATES) {
  test(`a function in Node from the template ${template} passes its tests without npm install`, async (t) => {
    const root = await created(await place(t), "node", template);
    await passes(root, process.execPath, "--test", "test/unit.js");
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
    assert.deepEqual(scripts, { start: "FUNC_LOG_LEVEL=info faas-js-runtime ./index.js", test: "node --test test/unit.js" });
  });

  test(`a function in TypeScript from the template ${template} passes its tests and compiles to build/index.js`, async (t) => {
    const root = await created(await place(t), "typescript", template);
    await passes(root, process.execPath, "--test", "test/unit.ts");
    await mkdir(join(root, "node_modules"));
    for (const name of ["typescript", "cloudevents", "@types"])
      await symlink(join(ROOT, "node_modules", name), join(root, "node_modules", name));
    await writeFile(join(root, "src/runtime.d.ts"), RUNTIME_TYPES);
    await passes(root, process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"));
    const { handle } = (await import(join(root, "build/index.js"))) as { handle: unknown };
    assert.equal(typeof handle, "function");
    assert.match(await readFile(join(root, "build/index.js"), "utf8"), /exports\.handle/); // as the runtime of others loads it
  });

  test(`a function in Go from the template ${template} passes its tests`, { skip: requires("go") }, async (t) => {
    const root = await created(await place(t), "go", template);
    await passes(root, "go", "vet", ".");
    await passes(root, "go", "test", ".");
  });

  test(`a function in Python from the template ${template} passes its tests`, { skip: requires("python3") }, async (t) => {
    await passes(await created(await place(t), "python", template), "python3", "-B", "-m", "unittest");
  });
}

test("config edits keep comments, order and what is unknown in func.yaml", async (t) => {
  const at = await place(t);
  const root = await created(at, "go", "http");
  const file = join(root, "func.yaml");
  const before = (await readFile(file, "utf8"))
    .replace("runtime: go", "runtime: go # as the team agreed\nx-owner: {team: shop}")
    .concat("run:\n  # read by the logger\n  envs:\n  - name: LOG # first\n    value: 'debug'\n# the end\n");
  await writeFile(file, before);
  const config = async (...args: readonly string[]) => assert.equal((await at.func("config", ...args, "--path", root)).code, 0);
  await config("envs", "add", "--name=A", "--value=b");
  await config("labels", "add", "--name=team", "--value=shop");
  const entry = "  - name: A\n    value: b\n";
  assert.equal(
    await readFile(file, "utf8"),
    before.replace("# the end\n", `${entry}deploy:\n  labels:\n  - key: team\n    value: shop\n# the end\n`),
  );
  await config("envs", "remove", "--name=A");
  await config("labels", "remove", "--name=team");
  assert.equal(await readFile(file, "utf8"), before);
});

test("kn func and kinetic func are the same program under their own names", async () => {
  for (const program of ["kn", "kinetic"]) {
    const { code, stdout } = await run(process.execPath, [join(ROOT, `bin/${program}.js`), "func"]);
    assert.deepEqual([code, stdout.split("\n")[0]], [0, `${program} func creates, builds, deploys and runs functions`]);
  }
  assert.match((await run(process.execPath, [KINETIC, "func", "subscribe"])).stderr, /Try this:\n {2}kinetic func create --language go/);
});

test("Ctrl-C while a repository is fetched ends with 130 and leaves nothing behind", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "tmp"));
  await writeFile(join(folder, "bin/git"), `#!/bin/sh\necho $$ > "${folder}/git.pid"\nexec sleep 60\n`);
  await chmod(join(folder, "bin/git"), 0o755);
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}`,
    TMPDIR: join(folder, "tmp"),
    HOME: folder,
  };
  const args = [FUNC, "create", "-l", "go", "-r", "https://git.example.com/templates.git", join(folder, "hello")];
  const child = spawn(process.execPath, args, { env, stdio: "ignore" });
  const git = await eventually("git started", async () => Number(await readFile(join(folder, "git.pid"), "utf8")) || assert.fail("no pid"));
  child.kill("SIGINT");
  assert.deepEqual(await once(child, "exit"), [130, null]);
  await eventually("git ended", async () => assert.throws(() => process.kill(git, 0)));
  assert.deepEqual(await readdir(join(folder, "tmp")), []);
  assert.deepEqual((await readdir(folder)).toSorted(), ["bin", "git.pid", "tmp"]);
});

test("a function of an older func.yaml is read as it is, and written in the present form by the first change", async (t) => {
  const at = await place(t);
  const root = join(at.folder, "old");
  await cp(join(ROOT, "src/functions/project/fixtures/migrations/v0.25"), root, { recursive: true });
  const before = await readFile(join(root, "func.yaml"), "utf8");
  assert.match((await at.func("config", "volumes", "-p", root)).stdout, /PersistentVolumeClaim "audit-log" at path: "\/var\/audit"/);
  assert.equal(await readFile(join(root, "func.yaml"), "utf8"), before);
  assert.equal((await at.func("subscribe", "--filter", "type=a", "-p", root)).code, 0);
  const after = await readFile(join(root, "func.yaml"), "utf8");
  assert.match(after, /^specVersion: 0.36.0\n/);
  assert.ok(after.startsWith((await readFile(join(root, "expected.yaml"), "utf8")).trimEnd()), after);
});
