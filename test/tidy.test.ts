/** Hard sizes and forms (STYLE): functions, files, parameters, lines, exports. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseSync, Visitor } from "oxc-parser";

const ROOT = join(import.meta.dirname, "..");
const LIMITS = { functionLines: 60, fileLines: 500, parameters: 4, columns: 140 };

const files = globSync(["src/**/*.ts", "packages/*/src/**/*.ts", "test/**/*.ts", "tools/**/*.ts", "bench/**/*.ts"], { cwd: ROOT }).filter(
  (path) => !path.endsWith(".generated.ts") && !path.includes("node_modules"),
);

interface FunctionNode {
  readonly start: number;
  readonly end: number;
  readonly params: readonly { readonly type: string; readonly name?: string }[];
}

export function problemsOf(path: string, text: string): string[] {
  const problems: string[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  const lines = text.split("\n");
  if (lines.length > LIMITS.fileLines + 1) problems.push(`${path}: ${lines.length} lines; split it by what changes together`);
  lines.forEach((line, index) => {
    if (line.length > LIMITS.columns && !/https?:\/\//.test(line)) problems.push(`${path}:${index + 1}: ${line.length} columns`);
  });
  const isTest = /\.(test|contract)\.ts$/.test(path);
  const checkFunction = (node: FunctionNode) => {
    const length = lineAt(node.end) - lineAt(node.start) + 1;
    if (length > LIMITS.functionLines && !isTest) problems.push(`${path}:${lineAt(node.start)}: a function of ${length} lines`);
    const parameters = node.params.filter((parameter) => parameter.name !== "this").length;
    if (parameters > LIMITS.parameters)
      problems.push(`${path}:${lineAt(node.start)}: ${parameters} parameters; use a named options object`);
  };
  const forbid = (what: string) => (node: { readonly start: number }) => problems.push(`${path}:${lineAt(node.start)}: ${what}`);
  new Visitor({
    FunctionDeclaration: checkFunction,
    FunctionExpression: checkFunction,
    ArrowFunctionExpression: checkFunction,
    ExportDefaultDeclaration: forbid("default export; export a name"),
    TSEnumDeclaration: forbid("enum; use a union of literals"),
    TSModuleDeclaration: forbid("namespace; use a module"),
    TSParameterProperty: forbid("parameter property; assign a field"),
    TSAnyKeyword: forbid("any; use unknown and narrow it"),
  }).visit(parseSync(path, text).program);
  return problems;
}

test("the guard saw a plausible number of files", () => {
  assert.ok(files.length > 100, `only ${files.length} files`);
});

test("the guard finds what it forbids", () => {
  const planted = `export default function f(a, b, c, d, e) {${"\n".repeat(70)}}\nenum A { B }\nlet x: any;\n`;
  assert.equal(problemsOf("planted.ts", planted).length, 5);
});

test("sizes and forms", () => {
  assert.deepEqual(
    files.flatMap((path) => problemsOf(path, readFileSync(join(ROOT, path), "utf8"))),
    [],
  );
});
