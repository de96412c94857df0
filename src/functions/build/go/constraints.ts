/** Whether Go compiles a file for a platform, as far as its name and its `//go:build` line say. */

const SYSTEMS = new Set([
  ...["aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd", "plan9", "solaris"],
  ...["wasip1", "windows"],
]);
const MACHINES = new Set([
  ...["386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"],
]);

export interface Target {
  readonly os: string;
  readonly architecture: string;
}

/** Without certainty: yes. */
export function isCompiled(name: string, source: string, target: Target): boolean {
  return name.endsWith(".go") && !/^[_.]|_test\.go$/.test(name) && nameFits(name, target) && lineFits(source, target);
}

function nameFits(name: string, target: Target): boolean {
  const parts = name.replace(/\.go$/, "").split("_").slice(1);
  const [last = ""] = parts.slice(-1);
  if (MACHINES.has(last) && last !== target.architecture) return false;
  const system = MACHINES.has(last) ? parts.at(-2) : last;
  return system === undefined || !SYSTEMS.has(system) || system === target.os;
}

function lineFits(source: string, target: Target): boolean {
  const line = /^\/\/go:build (.+)$/m.exec(source.slice(0, source.search(/^package /m) >>> 0))?.[1];
  if (line === undefined) return true;
  const words = line.replaceAll(/[\w.]+/g, (word) => String(holds(word, target)));
  return /^[\s()!&|truefals]*$/.test(words) ? evaluate(words) : true;
}

function holds(word: string, { os, architecture }: Target): boolean {
  return word === os || word === architecture || word === "gc" || (word === "unix" && os !== "windows") || /^go1\.\d+$/.test(word);
}

/** `true && !(false || true)`, from the inside out. */
function evaluate(words: string): boolean {
  const rules: readonly (readonly [RegExp, (match: string) => string])[] = [
    [/\(\s*(true|false)\s*\)/, (match) => match.replaceAll(/[()\s]/g, "")],
    [/!\s*(true|false)/, (match) => String(!match.includes("true"))],
    [/(true|false)\s*&&\s*(true|false)/, (match) => String(!match.includes("false"))],
    [/(true|false)\s*\|\|\s*(true|false)(?!\s*&&)/, (match) => String(match.includes("true"))],
  ];
  let rest = words.trim();
  for (let rule = rules.find(([pattern]) => pattern.test(rest)); rule !== undefined; rule = rules.find(([pattern]) => pattern.test(rest)))
    rest = rest.replace(...rule);
  return rest !== "false";
}
