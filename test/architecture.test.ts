/** The import table of docs/ARCHITECTURE.md as a test: imports (types too), packages and banned globals per folder. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { parseSync } from "oxc-parser";
import { IMPORT_TABLE } from "./import-table.ts";

const ROOT = join(import.meta.dirname, "..");

/** Calls that read time, chance or the environment: allowed where the row says so. */
const BANNED = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, what: "the clock", allowed: /^(std\/clock|app\/|cli\/|testing\/)/ },
  { pattern: /(?<![.\w])(setTimeout|setInterval)\(/, what: "a timer of its own", allowed: /^(std\/clock|app\/|cli\/|testing\/)/ },
  { pattern: /\bMath\.random\(/, what: "Math.random", allowed: /^(app\/|cli\/)/ },
  { pattern: /\bprocess\.env\b/, what: "process.env", allowed: /^(app\/|cli\/|testing\/)/ },
  { pattern: /\bconsole\./, what: "console", allowed: /^$/ },
];

interface SourceFile {
  /** Below src/. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, "src", path), "utf8");
  const { module } = parseSync(path, text);
  const statics = module.staticImports.map((entry) => entry.moduleRequest.value);
  const exports = module.staticExports.flatMap((entry) => entry.entries.flatMap((one) => one.moduleRequest?.value ?? []));
  return { path, text, imports: [...statics, ...exports] };
}

const files = globSync("**/*.ts", { cwd: join(ROOT, "src") })
  .filter((path) => !path.endsWith(".generated.ts"))
  .map(read);
const isTest = (path: string) => /\.(test|contract)\.ts$/.test(path) || path.includes("/fixtures/") || path.startsWith("testing/");

function rowOf(path: string): string | undefined {
  return Object.keys(IMPORT_TABLE)
    .filter((folder) => path.startsWith(`${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

export function importProblem(file: Pick<SourceFile, "path">, specifier: string): string | undefined {
  const folder = rowOf(file.path);
  if (folder === undefined) return undefined;
  const row = IMPORT_TABLE[folder];
  if (specifier.startsWith("node:")) return row?.node ? undefined : `${file.path}: ${folder} may not import ${specifier}`;
  if (!specifier.startsWith(".")) {
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    return row?.packages.includes(name) ? undefined : `${file.path}: ${folder} may not import the package ${name}`;
  }
  const target = normalize(join(dirname(file.path), specifier));
  const allowed = [folder, ...(row?.ours ?? [])];
  if (allowed.some((prefix) => target.startsWith(`${prefix}/`))) return siblingProblem(file.path, target);
  return `${file.path}: ${folder} may not import ${target}`;
}

/** A kind's reconciler may not import a sibling kind's: shared names live in api/names. */
function siblingProblem(from: string, target: string): string | undefined {
  const kindOf = (path: string) => /^control\/reconcilers\/([^/]+\/[^/]+)\//.exec(path)?.[1];
  const own = kindOf(from);
  const other = kindOf(target);
  if (own === undefined || other === undefined || own === other || other.endsWith("/shared")) return undefined;
  return `${from}: ${own} may not import its sibling ${other}; put what they share into api/names or reconcilers/<group>/shared`;
}

test("every folder of src has a row", () => {
  const without = files.filter((file) => rowOf(file.path) === undefined).map((file) => file.path);
  assert.deepEqual(without, []);
});

test("the guard saw a plausible number of files", () => {
  assert.ok(files.length > 100, `only ${files.length} files`);
});

test("the guard finds a planted import", () => {
  assert.match(importProblem({ path: "control/autoscaler/decide.ts" }, "../../traffic/gateway/gateway.ts") ?? "", /may not import/);
  assert.match(importProblem({ path: "std/clock.ts" }, "node:fs") ?? "", /may not import/);
  assert.match(importProblem({ path: "api/core/pod.ts" }, "undici") ?? "", /package undici/);
  assert.equal(importProblem({ path: "api/core/pod.ts" }, "../../std/clock.ts"), undefined);
});

test("imports follow the table", () => {
  const problems = files
    .filter((file) => !isTest(file.path))
    .flatMap((file) => file.imports.map((specifier) => importProblem(file, specifier)))
    .filter((problem) => problem !== undefined);
  assert.deepEqual(problems, []);
});

test("time, chance and environment come in as parameters", () => {
  const problems = files
    .filter((file) => !isTest(file.path))
    .flatMap((file) =>
      BANNED.filter((ban) => !ban.allowed.test(file.path)).flatMap((ban) =>
        codeLines(file.text).flatMap(([line, code]) => (ban.pattern.test(code) ? [`${file.path}:${line}: uses ${ban.what}`] : [])),
      ),
    );
  assert.deepEqual(problems, []);
});

function codeLines(text: string): [number, string][] {
  return text.split("\n").flatMap((line, index) => (/^\s*(\/\/|\*|\/\*)/.test(line) ? [] : [[index + 1, line] as [number, string]]));
}
