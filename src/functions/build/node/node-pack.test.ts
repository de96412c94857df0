import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { runTool } from "../toolchain/run-tool.ts";
import type { BuildContext, Outcome, Program, ProgramLayer } from "../contract.ts";
import { nodePack, typescriptPack } from "./node-pack.ts";
import { isOwnBuild } from "./project.ts";

const cache = mkdtempSync(join(tmpdir(), "kinetic-node-cache-"));
after(() => rmSync(cache, { recursive: true, force: true }));
const PLATFORM = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
/** Nothing is below: a base takes no part in these tests. */
const BASE = { build: { baseImage: "docker.io/library/node:26" } };

type Files = Readonly<Record<string, string>>;

interface Project {
  readonly context: BuildContext;
  readonly folder: string;
  readonly printed: () => string;
}

function project(t: TestContext, runtime: string, files: Files, env: NodeJS.ProcessEnv = process.env): Project {
  const folder = mkdtempSync(join(tmpdir(), "kinetic-node-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "f");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  let printed = "";
  const config = { specVersion: "0.36.0", name: "f", runtime, created: "", ...BASE };
  const output = (text: string) => void (printed += text);
  return { folder, printed: () => printed, context: { root, cache, config, signal: new AbortController().signal, output, env } };
}

async function program(t: TestContext, runtime: "node" | "typescript", files: Files): Promise<Outcome<Program>> {
  const pack = runtime === "node" ? nodePack : typescriptPack;
  return pack.program(project(t, runtime, files).context, PLATFORM);
}

function value<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.kind === "ok", JSON.stringify(outcome));
  return outcome.value;
}

function layer({ layers }: Program, name: ProgramLayer["name"]): Map<string, string> {
  const files = layers.find((one) => one.name === name)?.files ?? [];
  return new Map(
    files.map(({ path, content }) => [
      path,
      "bytes" in content ? Buffer.from(content.bytes).toString() : "file" in content ? readFileSync(content.file, "utf8") : "",
    ]),
  );
}

/** Loads the bundle as it will run, and prints an expression over its `handle`. */
async function evaluate(t: TestContext, runtime: "node" | "typescript", files: Files, expression: string): Promise<string> {
  const { context, folder } = project(t, runtime, files);
  const { argv, env } = value(await (runtime === "node" ? nodePack : typescriptPack).local(context, join(folder, "out")));
  const load = "import(process.argv[1]).then((m) => { const handle = (m.default ?? m).handle ?? m.handle;";
  const script = `${load} console.log(${expression}); })`;
  const [node = "", ...rest] = argv;
  const options = { cwd: context.root, env: { ...process.env, ...env }, signal: context.signal };
  const { code, stdout, stderr } = await runTool([node, "--enable-source-maps", "-e", script, rest.at(-1) ?? ""], options);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

const PACKAGE = JSON.stringify({ name: "f", main: "build/index.js" });

test("node: TypeScript with enums, decorators, paths, JSX and JSON becomes one file", async (t) => {
  const files = {
    "package.json": PACKAGE,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { experimentalDecorators: true, paths: { "@lib/*": ["./lib/*"] }, jsx: "react", jsxFactory: "h" },
    }),
    "lib/words.ts": "export enum Word { A = 'a', B = 'b' }\n",
    "src/data.json": '{"n":7}',
    "src/view.tsx":
      "const h = (tag: string, _p: unknown, ...c: string[]) => `<${tag}>${c}</${tag}>`;\n" +
      "export const view = <b>x</b> as unknown as string;\n",
    "src/index.ts": `import { Word } from "@lib/words"; import data from "./data.json"; import { view } from "./view";
const twice = (_t: object, _k: string, d: PropertyDescriptor) => { const f = d.value; d.value = () => f() + f(); };
class C { @twice run() { return Word.B as string; } }
export const handle = () => [new C().run(), data.n, view, __dirname.endsWith("/build"), import.meta.url.startsWith("file:")];`,
  };
  assert.equal(await evaluate(t, "typescript", files, "JSON.stringify(handle())"), '["bb",7,"<b>x</b>",true,true]');
});

test("node: modules of both kinds, and a wait at the top", async (t) => {
  const expression = "JSON.stringify(handle())";
  const common = { "package.json": "{}", "index.js": "exports.handle = () => [typeof require, __filename.endsWith('index.cjs')];" };
  assert.equal(await evaluate(t, "node", common, expression), '["function",true]');
  const modern = {
    "package.json": '{"type":"module"}',
    "index.js": "import { a } from './a.cjs'; export const handle = () => [a, typeof __dirname];",
    "a.cjs": "exports.a = require('node:os').EOL;",
  };
  assert.equal(await evaluate(t, "node", modern, expression), '["\\n","string"]');
  const waiting = { "package.json": PACKAGE, "src/index.ts": "const x = await Promise.resolve(1); export const handle = () => [x];" };
  assert.equal(await evaluate(t, "typescript", waiting, expression), "[1]");
});

test("node: what does not compile is told with its place", async (t) => {
  const outcome = await program(t, "typescript", { "package.json": PACKAGE, "src/index.ts": "export const a = 1;\nexport const b = ;\n" });
  assert.ok(outcome.kind === "failed");
  assert.match(outcome.output, /Unexpected ";"[^]*src\/index\.ts:2:17:/);
  assert.deepEqual(outcome.diagnostics, [{ text: 'Unexpected ";"', file: "src/index.ts", line: 2, column: 18 }]);
  const unknown = await program(t, "node", { "package.json": "{}", "index.js": "require('nobody-has-this');" });
  assert.ok(unknown.kind === "failed");
  assert.match(unknown.output, /Could not resolve "nobody-has-this"[^]*index\.js:1:8:/);
});

test("node: what is no project is refused with the next step", async (t) => {
  const refusal = async (files: Files, runtime: "node" | "typescript" = "node") => {
    const outcome = await program(t, runtime, { "x.txt": "", ...files });
    return outcome.kind === "refused" ? `${outcome.message} | ${outcome.hint ?? ""}` : outcome.kind;
  };
  assert.match(await refusal({}), /there is no package\.json in .* \| func create makes one/);
  assert.match(await refusal({ "package.json": "{" }), /package\.json is not JSON/);
  assert.match(await refusal({ "package.json": '{"main":"other.js"}' }), /the function's module is missing: other\.js or index\.js/);
  assert.match(await refusal({ "package.json": "{}" }, "typescript"), /missing: src\/index\.ts/);
});

test("node: the image has what the bundle has not: assets, but neither sources that are inside nor ignored files", async (t) => {
  const built = value(
    await program(t, "typescript", {
      "package.json": PACKAGE,
      ".funcignore": "secret.txt\n",
      "secret.txt": "x",
      "func.yaml": "x",
      "views/page.html": "<b>",
      "src/index.ts": "import { other } from './other.ts'; export const handle = () => other;",
      "src/other.ts": "export const other = 1;",
      "node_modules/x/index.js": "",
    }),
  );
  assert.deepEqual([...layer(built, "code").keys()].toSorted(), ["func/build/index.cjs", "func/package.json", "func/views/page.html"]);
  assert.deepEqual([...layer(built, "source-maps").keys()], ["func/build/index.cjs.map"]);
  assert.deepEqual(built.command.slice(1), ["--enable-source-maps", "/opt/kinetic/function-runtime.cjs", "/func/build/index.cjs"]);
  assert.equal(built.process, undefined, "on a base image its own Node runs");
});

const INSTALLED = {
  "node_modules/plain/package.json": '{"name":"plain","version":"1.0.0"}',
  "node_modules/plain/index.js": "module.exports = 'plain';",
  "node_modules/fast/package.json": '{"name":"fast","version":"2.0.0","dependencies":{"bindings":"1","inner":"1"}}',
  "node_modules/fast/index.js": "module.exports = require('inner');",
  "node_modules/bindings/package.json": '{"name":"bindings","version":"1.0.0"}',
  "node_modules/fast/node_modules/inner/package.json": '{"name":"inner","version":"1.0.0"}',
  "node_modules/fast/node_modules/inner/index.js": "module.exports = 'inner';",
  "node_modules/views/package.json": '{"name":"views","version":"3.0.0"}',
  "node_modules/views/index.js": "module.exports = (name) => require(name);",
  "node_modules/places/package.json": '{"name":"places","version":"4.0.0"}',
  "node_modules/places/index.js": "module.exports = require('fs').readFileSync(__dirname + '/data.txt', 'utf8');",
  "node_modules/places/data.txt": "data",
};

test("node: packages with machine code, dynamic requires or files of their own stay beside the bundle", async (t) => {
  const files = {
    ...INSTALLED,
    "package.json": '{"dependencies":{"plain":"1","fast":"2","views":"3","places":"4"}}',
    "index.js": "const all = [require('plain'), require('fast'), typeof require('views'), require('places')]; exports.handle = () => all;",
  };
  assert.equal(await evaluate(t, "node", files, "handle().join()"), "plain,inner,function,data");
  const built = value(await program(t, "node", files));
  const beside = [...layer(built, "dependencies").keys()].map((path) => path.replace("func/node_modules/", "")).toSorted();
  assert.deepEqual(
    beside.filter((path) => !path.endsWith("package.json")),
    ["fast/index.js", "fast/node_modules/inner/index.js", "places/data.txt", "places/index.js", "views/index.js"],
  );
  const purls = built.packages.map(({ purl }) => purl);
  for (const one of ["bindings@1.0.0", "fast@2.0.0", "inner@1.0.0", "places@4.0.0", "plain@1.0.0", "views@3.0.0"])
    assert.ok(purls.includes(`pkg:npm/${one}`), one);
});

test("node: packages that are not installed come from the lock file, once", async (t) => {
  const files = {
    "package.json": '{"dependencies":{"left":"1.0.0"}}',
    "package-lock.json": "{}",
    ".npmrc": "password=x",
    "index.js": "const left = require('left'); exports.handle = () => left;",
  };
  const { context, folder } = project(t, "node", files);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const npm = `#!/bin/sh
echo "$@" >> ${folder}/asked
test -f package-lock.json && test -f .npmrc || exit 1
mkdir -p node_modules/left && echo '{"name":"left","version":"1.0.0"}' > node_modules/left/package.json
echo "module.exports = 'from the lock';" > node_modules/left/index.js
`;
  writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });
  const own = { ...context, cache: join(folder, "cache"), env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` } };
  const first = value(await nodePack.program(own, PLATFORM));
  const second = value(await nodePack.program(own, PLATFORM));
  const code = layer(first, "code").get("func/index.cjs") ?? "";
  assert.match(code, /from the lock/);
  assert.doesNotMatch(code, /stages|cache/, "no path of this machine is inside");
  assert.deepEqual(layer(second, "code"), layer(first, "code"));
  assert.ok(
    first.packages.some(({ name }) => name === "cloudevents"),
    "the runtime has the SDK inside",
  );
  assert.deepEqual(
    first.packages.filter(({ name }) => name === "left"),
    [{ name: "left", version: "1.0.0", purl: "pkg:npm/left@1.0.0" }],
  );
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  assert.equal(asked.length, 1);
  assert.match(asked[0] ?? "", new RegExp(`^ci --omit=dev .*--os=linux --cpu=${process.arch} --libc=glibc`));
  const [key = ""] = readdirSync(join(own.cache, "npm"));
  assert.deepEqual(readdirSync(join(own.cache, "npm", key)).toSorted(), ["node_modules", "package-lock.json", "package.json"]);
  assert.deepEqual(readdirSync(join(own.cache, "stages")), []);
});

test("node: a script build of the project's own runs, and what it makes is bundled", async (t) => {
  const make = "mkdir -p out && echo 'exports.handle = () => process.env.X || 1' > out/main.js";
  const scripts = { build: make };
  const built = value(await program(t, "typescript", { "package.json": JSON.stringify({ main: "out/main.js", scripts }) }));
  assert.match(layer(built, "code").get("func/out/index.cjs") ?? "", /exports\.handle = \(\) => process\.env\.X \|\| 1/);
  const failing = await program(t, "typescript", {
    "package.json": JSON.stringify({ main: "out/main.js", scripts: { build: "echo broken; exit 3" } }),
  });
  assert.ok(failing.kind === "failed" && failing.output.includes("broken"), JSON.stringify(failing));
  const other = await program(t, "typescript", {
    "package.json": JSON.stringify({ main: "out/main.js", scripts: { build: "echo done" } }),
  });
  assert.ok(other.kind === "refused" && /has not made out\/main\.js/.test(other.message), JSON.stringify(other));
});

test("node: a script build that only compiles with tsc is not run: the bundler does that", () => {
  const plain: readonly (string | undefined)[] = [
    undefined,
    "",
    "tsc",
    "tsc -p tsconfig.json",
    "npx tsc",
    "npx -p typescript tsc",
    "npx --package typescript tsc",
    "rimraf build && tsc",
    "rm -rf build && tsc",
  ];
  const own = [
    "tsup",
    "tsc && cp -r views build",
    "webpack",
    "tsc | tee log",
    "esbuild src/index.ts",
    "rm -rf build; tsc",
    "npm run generate && tsc",
  ];
  for (const script of plain) assert.equal(isOwnBuild(script), false, script ?? "none");
  for (const script of own) assert.equal(isOwnBuild(script), true, script);
});

test("node: the SDK of CloudEvents need not be installed; one that is, is the one that events are of", async (t) => {
  const index = "const { CloudEvent } = require('cloudevents'); exports.handle = () => CloudEvent;";
  const { context } = project(t, "node", { "package.json": '{"dependencies":{"cloudevents":"^8"}}', "index.js": index });
  const supplied = layer(value(await nodePack.program(context, PLATFORM)), "code").get("func/index.cjs") ?? "";
  assert.match(supplied, /Symbol\.for\("dev\.kinetic\.sdk"\)/);
  const files = {
    "package.json": '{"dependencies":{"cloudevents":"^8"}}',
    "index.js": index,
    "node_modules/cloudevents/package.json": '{"name":"cloudevents","version":"8.0.0"}',
    "node_modules/cloudevents/index.js": "exports.CloudEvent = 'mine';",
  };
  const expression = 'handle() + globalThis[Symbol.for("dev.kinetic.cloudevents")].CloudEvent';
  assert.equal(await evaluate(t, "node", files, expression), "minemine");
});

test("node: stacks name the line of the source", async (t) => {
  const files = { "package.json": PACKAGE, "src/index.ts": "type A = string;\n\n\nexport const handle = () => new Error('x').stack;\n" };
  assert.match(await evaluate(t, "typescript", files, "handle()"), /src\/index\.ts:4:\d+/);
});
