import type { Command } from "commander";
import { isHidden } from "./command-tree.ts";
import { UserError } from "./io.ts";

/** Edits between what was typed and what is suggested. */
const NEAR = 2;

/** The error for a word that is no command, with those that look like it. */
export function unknownCommand(program: Command, word: string): UserError {
  const names = program.commands.filter((command) => !isHidden(command)).map((command) => command.name());
  const near = names.filter((name) => distance(word, name) <= NEAR || name.startsWith(word));
  const said = `unknown command ${JSON.stringify(word)} for ${JSON.stringify(program.name())}`;
  if (near.length === 0) return new UserError(said);
  return new UserError([said, "", "Did you mean this?", ...near.map((name) => `\t${name}`), ""].join("\n"));
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
