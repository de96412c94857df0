import { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { helpError } from "../errors.ts";
import { addPath, addVerbose } from "../flags.ts";
import type { Func } from "../func.ts";
import { notHere } from "../not-here.ts";
import { functionOf } from "../project.ts";
import { isInteractive, openPrompt, type Prompt } from "../prompt.ts";
import { settingsOf, type Settings } from "../settings.ts";
import { addEntry, entriesCommand, listEntries, removeEntry, type EntryKind } from "./entries.ts";
import { ENVS } from "./envs.ts";
import { LABELS } from "./labels.ts";
import { VOLUMES } from "./volumes.ts";

export function configCommand(func: Func): Command {
  const command = new Command("config")
    .argument("[words...]")
    .description("Configure a function\n\nOn a terminal it asks what to list, add or remove.");
  addVerbose(addPath(command));
  command.addCommand(entriesCommand(func, ENVS)).addCommand(entriesCommand(func, LABELS)).addCommand(entriesCommand(func, VOLUMES));
  command.addCommand(notHere("git", "there are no builds on a cluster; a workflow of your repository can run 'func deploy'"), {
    hidden: true,
  });
  command.addCommand(notHere("ci", "a workflow of your repository needs one step, 'func deploy'"), { hidden: true });
  return command.action(async (words: string[]) => {
    if (words[0] !== undefined) throw new UserError(`unknown command ${JSON.stringify(words[0])} for "${func.name} config"`);
    await menu(func, settingsOf(command, func.io));
  });
}

async function menu(func: Func, settings: Settings): Promise<void> {
  functionOf(func, settings, "config");
  const { name, io } = func;
  if (!isInteractive(io)) {
    const kinds = [ENVS.name, LABELS.name, VOLUMES.name];
    throw helpError({
      message: "what to configure is only asked on a terminal",
      tries: kinds.map((kind) => [`${name} config ${kind} list`, ""] as const),
      more: `${name} config`,
    });
  }
  using prompt = openPrompt(io, func.signal);
  const titles = [ENVS.title[1], LABELS.title[1], VOLUMES.title[1]];
  const what = titles.indexOf(await prompt.choose("What do you want to configure?", titles));
  const perform = [performer(func, ENVS), performer(func, LABELS), performer(func, VOLUMES)][what];
  await perform?.(settings, prompt);
}

function performer<Entry extends object>(func: Func, kind: EntryKind<Entry>) {
  return async (settings: Settings, prompt: Prompt): Promise<void> => {
    const how = await prompt.choose("What do you want to do?", ["Add", "Remove", "List"]);
    if (how === "List") listEntries(func, kind, settings);
    else if (how === "Add") await addEntry(func, kind, settings, prompt);
    else await removeEntry(func, kind, settings, prompt);
  };
}
