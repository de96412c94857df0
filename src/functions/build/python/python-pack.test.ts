import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../../testing/requirements.ts";
import type { BuildContext, LocalProgram, Outcome } from "../contract.ts";
import { pythonPack } from "./python-pack.ts";

const RUN = { skip: requires("python", "linux"), timeout: 120_000 };
const HANDLE = "async def handle(scope, receive, send):\n    pass\n";

interface Built {
  readonly result: Outcome<LocalProgram>;
  readonly root: string;
  readonly printed: () => string;
}

/** Prepares a function of these files to run here. */
async function local(t: TestContext, files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<Built> {
  const root = mkdtempSync(join(tmpdir(), "kinetic-python-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, "f", path)), { recursive: true });
    writeFileSync(join(root, "f", path), text);
  }
  return again(root, env);
}

async function again(root: string, env: Readonly<Record<string, string>> = {}): Promise<Built> {
  let printed = "";
  const context: BuildContext = {
    root: join(root, "f"),
    config: { specVersion: "0.36.0", name: "f", runtime: "python", created: "" },
    cache: join(root, "cache"),
    signal: new AbortController().signal,
    output: (text) => (printed += text),
    env: { PATH: process.env["PATH"], HOME: root, PIP_NO_INDEX: "1", ...env },
  };
  return { result: await pythonPack.local(context, join(root, "out")), root, printed: () => printed };
}

const refusal = ({ result }: Built) => (result.kind === "refused" ? `${result.message} | ${result.hint ?? ""}` : result.kind);

test("python: syntax errors have their place, as Python prints them", RUN, async (t) => {
  const { result } = await local(t, {
    "function/__init__.py": `from .func import handle\n`,
    "function/func.py": "def handle(:\n    pass\n",
  });
  assert.ok(result.kind === "failed");
  assert.match(result.output, /File "function\/func\.py", line 1\n\s+def handle\(:\n\s+\^\nSyntaxError: invalid syntax/);
  assert.deepEqual(result.diagnostics, [{ file: "function/func.py", line: 1, column: 12, text: "SyntaxError: invalid syntax" }]);
});

test("python: what is no function is refused with the next step", RUN, async (t) => {
  const parliament = await local(t, { "func.py": "def main(context):\n    return 1\n", Procfile: "web: python -m parliament .\n" });
  assert.match(refusal(parliament), /older layout .*parliament.*\| move the code into function\/func\.py.*pack or s2i/);
  assert.match(refusal(await local(t, { "app.py": "x = 1\n" })), /no package `function`.*\| .*function\/__init__\.py/);
  assert.match(refusal(await local(t, { "function/__init__.py": "x = 1\n" })), /neither new nor handle/);
  const newer = { "function.py": HANDLE, "pyproject.toml": '[project]\nname = "f"\nrequires-python = ">=3.99"\n' };
  assert.match(refusal(await local(t, newer)), /wants Python >=3\.99.*\| change requires-python/);
  const broken = { "function.py": HANDLE, "pyproject.toml": "[project\n" };
  assert.match(refusal(await local(t, broken)), /pyproject\.toml is no TOML/);
  const poetry = { "function.py": HANDLE, "pyproject.toml": '[tool.poetry.dependencies]\nx = "1"\n' };
  assert.match(refusal(await local(t, poetry)), /\[tool\.poetry\] alone \| list them/);
});

test("python: a machine without Python or pip is told what to install", RUN, async (t) => {
  assert.match(refusal(await local(t, { "function.py": HANDLE }, { PATH: "/nowhere" })), /no python3 on the PATH \| install Python/);
  const files = { "function.py": HANDLE, "pyproject.toml": '[project]\ndependencies = ["left-pad"]\n' };
  const built = await local(t, files);
  const bin = join(built.root, "bin");
  mkdirSync(bin);
  const real = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  const pretend = `#!/bin/sh
case "$*" in
  *sys.executable*) printf '%s\\n3.11\\n' "$0" ;;
  "-m pip"*) echo "No module named pip" >&2; exit 1 ;;
  *) exec ${real} "$@" ;;
esac
`;
  writeFileSync(join(bin, "python3"), pretend, { mode: 0o755 });
  assert.match(refusal(await again(built.root, { PATH: `${bin}:${process.env["PATH"]}` })), /has no pip \| install it .*python3-pip/);
});

/** A wheel with a program, a header and a module that Python cannot compile, as some have. */
function makeWheel(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  const info = `${name}-1.0.dist-info`;
  const files = {
    [`${name}/__init__.py`]: "WORD = 'packaged'\n",
    [`${name}/old.py`]: "print 'two'\n",
    [`${name}-1.0.data/scripts/${name}`]: "#!python\n",
    [`${name}-1.0.data/purelib/${name}_more.py`]: "MORE = 1\n",
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  };
  const script =
    "import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w')\nfor n,t in json.load(sys.stdin).items(): z.writestr(n,t)\nz.close()";
  execFileSync("python3", ["-c", script, join(folder, `${name}-1.0-py3-none-any.whl`)], { input: JSON.stringify(files) });
}

test("python: dependencies are resolved once, locked by hash, and unpacked without what is for people", RUN, async (t) => {
  const files = { "function/__init__.py": HANDLE, "pyproject.toml": '[project]\nname = "f"\ndependencies = ["greeting_words>=1"]\n' };
  const missing = await local(t, files);
  assert.match(refusal(missing), /there is no wheel of greeting_words>=1 for Python 3\.\d+ on linux\/\w+ \| check its name and version/);
  assert.match(missing.printed(), /No matching distribution found for greeting_words/);
  const wheels = join(missing.root, "wheels");
  makeWheel(wheels, "greeting_words");
  const { result, root } = await again(missing.root, { PIP_FIND_LINKS: wheels });
  assert.ok(result.kind === "ok", JSON.stringify(result));
  const packages = result.value.argv.find((arg) => arg.startsWith("--packages="))?.slice("--packages=".length) ?? "";
  const unpacked = readdirSync(packages, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.pyc?$/.test(path) || path.includes("bin"),
  );
  const tag = unpacked.find((path) => path.endsWith(".pyc"))?.split(".")[1];
  assert.deepEqual(unpacked.toSorted(), [
    `__pycache__/greeting_words_more.${tag}.pyc`,
    `greeting_words/__init__.py`,
    `greeting_words/__pycache__/__init__.${tag}.pyc`,
    "greeting_words/old.py",
    "greeting_words_more.py",
  ]);
  const [lock = ""] = readdirSync(join(root, "f/.func/python"));
  assert.match(readFileSync(join(root, "f/.func/python", lock), "utf8"), /^# of \w+\ngreeting-words==1\.0 --hash=sha256:\w{64}\n$/);
  rmSync(wheels, { recursive: true });
  assert.equal((await again(root)).result.kind, "ok", "a build with what is in the cache needs no index");
  rmSync(join(root, "cache"), { recursive: true });
  makeWheel(wheels, "greeting_words");
  writeFileSync(join(wheels, "greeting_words-1.0-py3-none-any.whl"), "other", { flag: "a" });
  const changed = await again(root, { PIP_FIND_LINKS: wheels });
  assert.ok(changed.result.kind === "failed" && /DO NOT MATCH THE HASHES/.test(changed.result.output), JSON.stringify(changed.result));
});

test("python: uv.lock is read for the platform, without groups and other systems' packages", RUN, async (t) => {
  const hash = "a".repeat(64);
  const one = (name: string, more = "", source = 'registry = "https://pypi.org/simple"') =>
    `[[package]]\nname = "${name}"\nversion = "1"\nsource = { ${source} }\n${more}\nwheels = [{ url = "u", hash = "sha256:${hash}" }]\n`;
  const lock = [
    "version = 1",
    one("f", `dependencies = [{ name = "one", extra = ["fast"] }, { name = "win", marker = "sys_platform == 'win32'" }]`, 'virtual = "."'),
    one("one", '[package.optional-dependencies]\nfast = [{ name = "two" }]').replace(/(\[package\.opt[^]*?\]\n)([^]*)/, "$2$1"),
    ...[one("two"), one("win"), one("unused")],
  ].join("\n\n");
  const built = await local(t, { "function.py": HANDLE, "pyproject.toml": '[project]\nname = "f"\n', "uv.lock": lock });
  assert.match(refusal(built), /no wheel of (one|two)==1/);
  assert.doesNotMatch(built.printed(), /win|unused/);
});
