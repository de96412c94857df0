import { Command } from "commander";
import { fullName } from "../../../functions/templates/repository.ts";
import type { InstalledRepositories } from "../../../functions/templates/repositories.ts";
import { formatHelp } from "../help.ts";
import { UserError } from "../../shared/io.ts";
import { addVerbose } from "../flags.ts";
import type { Func } from "../func.ts";
import { installed, repositoriesOf } from "../repositories.ts";
import { settingsOf } from "../settings.ts";

export function repositoryCommand(func: Func): Command {
  const { name, io } = func;
  const command = new Command("repository")
    .argument("[words...]")
    .description(
      [
        "Manage installed template repositories",
        "A repository is a git repository, or a folder, with a folder for each language and in it one for each template. Its templates are",
        `named with the repository in front: '${name} create -l go -t REPOSITORY/NAME'. They are kept in ~/.config/func/repositories, or`,
        "where $FUNC_REPOSITORIES_PATH says. The default repository is built in.",
      ].join("\n"),
    );
  for (const make of [listCommand, addCommand, renameCommand, removeCommand]) command.addCommand(make(func));
  return command.action((words: string[]) => {
    if (words.length === 0) io.stdout.write(formatHelp(command));
    else throw new UserError(`unknown command ${JSON.stringify(words[0])} for "${name} repository"`);
  });
}

function listCommand(func: Func): Command {
  const command = addVerbose(new Command("list").description("List repositories; with --verbose where they are from"));
  return command.action(async () => {
    const settings = settingsOf(command, func.io);
    using repositories = await repositoriesOf(func, settings);
    const verbose = settings.isOn("verbose");
    for (const { name } of repositories.all) func.io.stdout.write(`${name}${verbose ? `\t${await origin(func, name)}` : ""}\n`);
  });
}

async function origin(func: Func, name: string): Promise<string> {
  return (await installed(func).origin(name, { signal: func.signal, env: func.io.env })) ?? "";
}

function addCommand(func: Func): Command {
  const command = leaf("add", "<name> <url>", "Add a repository");
  return command.action(async ([name, url]: string[]) => {
    checkCount(func, command, 2);
    const { io, signal } = func;
    const added = await installed(func).add(name, url ?? "", { signal, env: io.env });
    if (settingsOf(command, io).isOn("verbose")) io.stdout.write(`Repository added: ${added}\n${templatesOf(installed(func), added)}`);
  });
}

function templatesOf(repositories: InstalledRepositories, name: string): string {
  const languages = repositories.list().find((repository) => repository.name === name)?.languages ?? [];
  return languages.flatMap(({ templates }) => templates.map((one) => `  ${one.runtime} ${fullName(one)}\n`)).join("");
}

function renameCommand(func: Func): Command {
  const command = leaf("rename", "<old> <new>", "Rename a repository").alias("mv");
  return command.action(([from, to]: string[]) => {
    checkCount(func, command, 2);
    installed(func).rename(from ?? "", to ?? "");
    if (settingsOf(command, func.io).isOn("verbose")) func.io.stdout.write("Repository renamed\n");
  });
}

function removeCommand(func: Func): Command {
  const command = leaf("remove", "<name>", "Remove a repository from this machine").alias("rm");
  return command.action(([name]: string[]) => {
    checkCount(func, command, 1);
    installed(func).remove(name ?? "");
    if (settingsOf(command, func.io).isOn("verbose")) func.io.stdout.write("Repository removed\n");
  });
}

function leaf(name: string, usage: string, description: string): Command {
  return addVerbose(new Command(name).usage(usage).description(description).argument("[words...]"));
}

function checkCount({ name }: Func, command: Command, count: number): void {
  if (command.args.length !== count) throw new UserError(`usage: ${name} repository ${command.name()} ${command.usage()}`);
}
