/** Parts of a help text, as cobra prints them. */
import type { Command, Option } from "commander";
import { isHidden } from "./command-tree.ts";

/** The commands below one, under the titles of their groups. */
export function commandGroups(command: Command): string[] {
  const shown = command.commands.filter((child) => !isHidden(child));
  const titles = [...new Set(shown.map((child) => child.helpGroup() || "Available Commands:"))];
  const width = Math.max(...shown.map((child) => child.name().length), 0) + 2;
  return titles.map((title) => {
    const members = shown.filter((child) => (child.helpGroup() || "Available Commands:") === title);
    return [title, ...members.map((child) => `  ${child.name().padEnd(width)}${firstLine(child.description())}`)].join("\n");
  });
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** `Flags:` and what each does; empty without flags. */
export function flagTable(options: readonly Option[]): string {
  if (options.length === 0) return "";
  const rows = options.map((option): [string, string] => [flagText(option), option.description]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return ["Flags:", ...rows.map(([left, right]) => `${left.padEnd(width)}${right}`.trimEnd())].join("\n");
}

function flagText(option: Option): string {
  const type = /<(.*)>/.exec(option.flags)?.[1];
  const short = option.short === undefined ? "    " : `${option.short}, `;
  return `  ${short}${option.long ?? ""}${type === undefined ? "" : ` ${type}`}`;
}
