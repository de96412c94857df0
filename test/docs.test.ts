/** What the documentation says about files, commands and imports is true. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import type { Func } from "../src/cli/func/func.ts";
import { funcProgram } from "../src/cli/func/program.ts";
import { kineticProgram } from "../src/cli/kinetic/program.ts";
import type { Kn } from "../src/cli/kn/kn.ts";
import { knProgram } from "../src/cli/kn/program.ts";
import type { Io } from "../src/cli/shared/io.ts";
import { systemClock } from "../src/std/clock.ts";
import { importTableLines } from "./import-table.ts";

const ROOT = join(import.meta.dirname, "..");
const files = [...["README.md", "SECURITY.md"].filter((path) => existsSync(join(ROOT, path))), ...globSync("docs/**/*.md", { cwd: ROOT })];
const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Fence {
  readonly language: string;
  readonly lines: readonly string[];
}

/** The fenced blocks of a document, and the document without them. */
function parse(text: string): { readonly fences: readonly Fence[]; readonly prose: string } {
  const fences: { language: string; lines: string[] }[] = [];
  const prose: string[] = [];
  let open: (typeof fences)[number] | undefined;
  for (const line of text.split("\n")) {
    const language = /^\s*```(\w*)/.exec(line)?.[1];
    if (language !== undefined && open === undefined) fences.push((open = { language, lines: [] }));
    else if (language !== undefined) open = undefined;
    else (open?.lines ?? prose).push(line);
  }
  return { fences, prose: prose.join("\n") };
}

/** As forges make them: lower case, no punctuation, dashes for spaces. */
function anchor(heading: string): string {
  const plain = heading.replaceAll(/[^\p{L}\p{N} _-]/gu, "");
  return plain.trim().toLowerCase().replaceAll(" ", "-");
}

function anchorsOf(text: string): string[] {
  return [...parse(text).prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchor(match[1] ?? ""));
}

function linkProblems(path: string, text: string): string[] {
  const links = [...parse(text).prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return links.flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = "", fragment] = link.split("#");
    const target = file === "" ? path : normalize(join(dirname(path), file));
    if (file !== "" && !existsSync(join(ROOT, target))) return [`${path}: ${link}: there is no ${target}`];
    if (fragment === undefined || !target.endsWith(".md")) return [];
    return anchorsOf(file === "" ? text : textOf(target)).includes(fragment) ? [] : [`${path}: ${link}: there is no such heading`];
  });
}

/** Commands of a shell block as words; what follows a pipe or `;` is a command of its own. */
function commandsOf(fence: Fence): string[][] {
  const script = fence.lines.join("\n").replaceAll(/\\\n\s*/g, " ");
  const lines = script.split("\n").map((line) => line.replace(/(^|\s)#.*$/, ""));
  return lines.flatMap((line) => splitCommands(line).map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)))));
}

function splitCommands(line: string): string[][] {
  const unwrapped = line.replaceAll(/(eval )?"?\$\(([^()]*)\)"?/g, " ; $2 ; ");
  const tokens = unwrapped.match(/&&|\|\||[|;&]|(?:"[^"]*"|'[^']*'|[^\s|;&"'])+/g) ?? [];
  const commands: string[][] = [[]];
  for (const token of tokens) {
    if (/^(&&|\|\||[|;&])$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replaceAll(/^["']|["']$/g, ""));
  }
  return commands.filter((words) => words.length > 0);
}

const io: Io = { stdout: { write: () => {} }, stderr: { write: () => {} }, stdin: process.stdin, env: {}, cwd: "/" };
const unused = () => Promise.reject(new Error("the documentation is only parsed"));
const kn: Kn = {
  io,
  name: "kn",
  clock: systemClock,
  random: () => 0.5,
  signal: new AbortController().signal,
  connect: unused,
  exec: unused,
  namespace: unused,
};

const func: Func = { io, name: "func", version: "0", clock: systemClock, signal: new AbortController().signal };

/** The words of `kinetic`, `kn` or `func`, however they are started; undefined for other programs. */
function ours(words: readonly string[]): { readonly name: string; readonly args: readonly string[] } | undefined {
  const rest = words.slice(words[0] === "npx" || words[0] === "node" || words[0] === "exec" ? 1 : 0);
  const name = /^(?:bin\/)?(kinetic|kn|func)(?:\.js)?$/.exec(rest[0] ?? "")?.[1];
  return name === undefined ? undefined : { name, args: rest.slice(1) };
}

async function programOf(name: string, args: readonly string[]): Promise<Command> {
  if (name === "func") return funcProgram(func, args);
  return name === "kn" ? knProgram(kn, args) : kineticProgram(io);
}

async function commandProblem(words: readonly string[]): Promise<string | undefined> {
  const command = ours(words);
  if (command === undefined) return undefined;
  let current = await programOf(command.name, command.args);
  let takesValue = false;
  for (const word of command.args) {
    if (takesValue) takesValue = false;
    else if (word === "--") return undefined;
    else if (/^-{1,2}[A-Za-z]/.test(word)) {
      const flag = word.split("=")[0] ?? word;
      if (["-h", "--help"].includes(flag)) continue;
      const option = current.options.find(({ long, short }) => long === flag || short === flag);
      if (option === undefined) return `${current.name()} has no ${flag}`;
      takesValue = option.required && !word.includes("=");
    } else if (current.commands.length > 0) {
      const child = current.commands.find((candidate) => candidate.name() === word || candidate.aliases().includes(word));
      if (child === undefined) return `${current.name()} has no ${word}`;
      current = child;
    }
  }
  return takesValue ? "its last flag has no value" : undefined;
}

test("there is documentation", () => {
  assert.ok(files.length > 10, `only ${files.length} files`);
});

test("the check of links finds what is wrong", () => {
  const text = "# A heading: here\n[a](no-such-file.md) [b](#a-heading-here) [c](#nowhere) [d](SECURITY.md#no) [e](https://example.org)";
  assert.equal(linkProblems("planted.md", text).length, 3);
});

test("relative links lead to files and headings", () => {
  assert.deepEqual(
    files.flatMap((path) => linkProblems(path, textOf(path))),
    [],
  );
});

test("the check of commands finds what is wrong", async () => {
  assert.equal(await commandProblem(["kinetic", "upp"]), "kinetic has no upp");
  assert.equal(await commandProblem(["npx", "kinetic", "up", "--api-prt", "1"]), "up has no --api-prt");
  assert.equal(await commandProblem(["kn", "service", "create", "hello", "--imag", "x"]), "create has no --imag");
  assert.equal(await commandProblem(["kn", "service", "create", "hello", "--image", "--odd", "-n", "x"]), undefined);
  assert.equal(await commandProblem(["func", "deploy", "--registri", "x"]), "deploy has no --registri");
  assert.equal(await commandProblem(["kinetic", "status", "--data-dir"]), "its last flag has no value");
  const lines = ['eval "$(npx kinetic env)"', "kn x | head -3 # no", "A=1 kinetic load \\", '  "http://a?b=1&c=2" -c 5'];
  const commands = [
    ["npx", "kinetic", "env"],
    ["kn", "x"],
    ["head", "-3"],
    ["kinetic", "load", "http://a?b=1&c=2", "-c", "5"],
  ];
  assert.deepEqual(commandsOf({ language: "sh", lines }), commands);
});

test("commands of kinetic, kn and func exist, and so do their flags", async () => {
  let seen = 0;
  const problems: string[] = [];
  for (const path of files) {
    for (const words of parse(textOf(path)).fences.flatMap((fence) => (fence.language === "sh" ? commandsOf(fence) : []))) {
      if (ours(words) !== undefined) seen += 1;
      const problem = await commandProblem(words);
      if (problem !== undefined) problems.push(`${path}: ${words.join(" ")}: ${problem}`);
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(seen > 30, `only ${seen} commands`);
});

test("docs/ARCHITECTURE.md shows the import table that is tested", () => {
  const shown = textOf("docs/ARCHITECTURE.md")
    .split("\n")
    .filter((line) => /^\| `[^`]+` \|.*\| (yes|no) \|$/.test(line));
  assert.deepEqual(shown, importTableLines());
});
