/** `.funcignore`: what stays out of an image, in the pattern language of .gitignore. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** True: left out. The path is relative to the function's folder, with slashes; a link to a folder is no folder. */
export type Ignored = (path: string, isDirectory: boolean) => boolean;

export const IGNORE_FILE = ".funcignore";

/** Never part of an image, whatever the file says. */
const ALWAYS = parseRules(["/.git", "/.func", `/${IGNORE_FILE}`, ".gitignore"].join("\n"));

/** The rules of a folder; without a file only what is never part of an image. @throws the system's error if it cannot be read */
export async function readIgnore(root: string): Promise<Ignored> {
  const text = await readFile(join(root, IGNORE_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return ignoredBy(text);
}

/** What is in an ignored folder is ignored, even if a later rule takes it back: as with git. */
export function ignoredBy(text: string): Ignored {
  const rules = parseRules(text);
  const folders = new Map<string, boolean>();
  const ignored = (path: string, isDirectory: boolean): boolean => {
    const slash = path.lastIndexOf("/");
    if (slash > 0 && folderIgnored(path.slice(0, slash))) return true;
    return matches(ALWAYS, path, isDirectory) || matches(rules, path, isDirectory);
  };
  const folderIgnored = (path: string): boolean => {
    const known = folders.get(path) ?? ignored(path, true);
    folders.set(path, known);
    return known;
  };
  return (path, isDirectory) => (isDirectory ? folderIgnored(path) : ignored(path, false));
}

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

/** The last rule that fits decides. */
function matches(rules: readonly Rule[], path: string, isDirectory: boolean): boolean {
  const rule = rules.findLast(({ pattern, foldersOnly }) => (isDirectory || !foldersOnly) && pattern.test(path));
  return rule !== undefined && !rule.negated;
}

function parseRules(text: string): Rule[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap((line) => parseRule(line.replace(/\r$/, "")) ?? []);
}

function parseRule(line: string): Rule | undefined {
  if (line.startsWith("#")) return undefined;
  const negated = line.startsWith("!");
  const trimmed = (negated ? line.slice(1) : line).replace(/(?<!\\)((?:\\\\)*) +$/, "$1");
  const foldersOnly = /(?<!\\)\/$/.test(trimmed);
  const body = foldersOnly ? trimmed.slice(0, -1) : trimmed;
  if (body === "") return undefined;
  const anchored = body.includes("/");
  const source = translate(body.replace(/^\//, ""));
  if (source === undefined) return undefined;
  return { pattern: new RegExp(`^${anchored ? "" : "(?:.*/)?"}${source}$`, "su"), negated, foldersOnly };
}

/** As a regular expression; undefined for a pattern that can never match. */
function translate(glob: string): string | undefined {
  let source = "";
  for (let at = 0; at < glob.length;) {
    const piece = pieceAt(glob, at);
    if (piece === undefined) return undefined;
    source += piece.source;
    at += piece.length;
  }
  return source;
}

interface Piece {
  readonly source: string;
  readonly length: number;
}

function pieceAt(glob: string, at: number): Piece | undefined {
  const rest = glob.slice(at);
  const atStart = at === 0 || glob[at - 1] === "/";
  if (atStart && rest === "**") return { source: ".*", length: 2 };
  if (atStart && rest.startsWith("**/")) return { source: "(?:.*/)?", length: 3 };
  if (rest === "/**") return { source: "/.+", length: 3 };
  if (rest.startsWith("*")) return { source: "[^/]*", length: /^\*+/.exec(rest)?.[0].length ?? 1 };
  if (rest.startsWith("?")) return { source: "[^/]", length: 1 };
  if (rest.startsWith("[")) return classAt(rest);
  if (rest.startsWith("\\")) return rest.length === 1 ? undefined : literal(characterAt(rest, 1), 1);
  return literal(characterAt(rest, 0), 0);
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function literal(character: string, skipped: number): Piece {
  return { source: character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"), length: skipped + character.length };
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "a-zA-Z0-9",
  alpha: "a-zA-Z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

/** `[a-z]`, `[!a]`, `[[:digit:]]`; a class that does not end never matches. */
function classAt(rest: string): Piece | undefined {
  const match = /^\[([!^]?)(\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]/su.exec(rest);
  if (match === null) return undefined;
  const [whole, negation = "", body = ""] = match;
  const members = body.match(/\[:\w+:\]|\\.|./gsu) ?? [];
  const inside = members.map((member, index) => classMember(member, index, members.length)).join("");
  const source = `(?!/)[${negation === "" ? "" : "^"}${inside}]`;
  return isExpression(source) ? { source, length: whole.length } : undefined;
}

function classMember(member: string, index: number, count: number): string {
  const posix = /^\[:(\w+):\]$/.exec(member)?.[1];
  if (posix !== undefined) return POSIX[posix] ?? "";
  if (member === "-" && index > 0 && index < count - 1) return "-";
  const character = member.startsWith("\\") && member.length > 1 ? member.slice(1) : member;
  return /[\w ]/u.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function isExpression(source: string): boolean {
  try {
    return new RegExp(source, "u").source !== "";
  } catch {
    return false; // a range in the wrong order
  }
}
