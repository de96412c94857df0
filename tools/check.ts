/** `npm run check`: format, lint, types, tests, dead code. Stops at the first that fails. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const node = process.execPath;
const tool = (name: string) => join(ROOT, "node_modules/.bin", name);

const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["format", [tool("oxfmt"), "--check"]],
  ["lint", [tool("oxlint"), "--type-aware"]],
  ["types", [tool("tsc"), "--noEmit"]],
  ["dead code", [tool("knip")]],
  ["tests", [join(ROOT, "tools/test.ts")]],
];

const wanted = process.argv.slice(2);
for (const [name, command] of STEPS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${name}\n`);
  const { status } = spawnSync(node, [...command], { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
