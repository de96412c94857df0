/** What `config envs`, `config labels` and `config volumes` have in common: a list in func.yaml. */
import { Command } from "commander";
import type { FunctionConfig } from "../../../functions/project/config.ts";
import { UserError } from "../../shared/io.ts";
import { helpError } from "../errors.ts";
import { addPath, addVerbose, text } from "../flags.ts";
import type { Func } from "../func.ts";
import { changeFunction, functionOf } from "../project.ts";
import { isInteractive, openPrompt, type Prompt } from "../prompt.ts";
import { settingsOf, type Settings } from "../settings.ts";

export interface EntryKind<Entry> {
  /** Of the command: `envs`. */
  readonly name: string;
  readonly alias: string;
  /** `Environment variable`, `Environment variables`. */
  readonly title: readonly [one: string, many: string];
  readonly path: readonly string[];
  readonly entries: (config: FunctionConfig) => readonly Entry[];
  readonly describe: (entry: Entry) => string;
  /** With the field names of Go's structs. */
  readonly json: (entry: Entry) => object;
  /** What names an entry: its name, its key, its path. */
  readonly id: (entry: Entry) => string | undefined;
  /** The flag that names an entry: `name`, `mount`. */
  readonly idFlag: string;
  /** Adds the flags of `add`. */
  readonly flags: (add: Command) => Command;
  /** The entry that the flags describe; undefined when none was given. @throws UserError */
  readonly fromFlags: (settings: Settings) => Entry | undefined;
  readonly fromPrompt: (prompt: Prompt) => Promise<Entry>;
  /** A command line that adds one, after `config NAME add `. */
  readonly example: string;
}

export function entriesCommand<Entry extends object>(func: Func, kind: EntryKind<Entry>): Command {
  const [, many] = kind.title;
  const command = new Command(kind.name)
    .alias(kind.alias)
    .argument("[words...]")
    .description(`List and manage configured ${many.toLowerCase()} of a function`);
  addVerbose(addPath(command)).addOption(text("-o, --output <string>", "human or json", { default: "human" }));
  command.addCommand(addCommand(func, kind)).addCommand(removeCommand(func, kind));
  const list = addVerbose(addPath(new Command("list").description(`List configured ${many.toLowerCase()}`)));
  list.addOption(text("-o, --output <string>", "human or json", { default: "human" }));
  command.addCommand(list.action(() => listEntries(func, kind, settingsOf(list, func.io))));
  return command.action((words: string[]) => {
    if (words[0] !== undefined) throw new UserError(`unknown command ${JSON.stringify(words[0])} for "${func.name} config ${kind.name}"`);
    listEntries(func, kind, settingsOf(command, func.io));
  });
}

export function listEntries<Entry>(func: Func, kind: EntryKind<Entry>, settings: Settings): void {
  const { config } = functionOf(func, settings, `config ${kind.name}`);
  const entries = kind.entries(config);
  const [, many] = kind.title;
  switch (settings.text("output", "human")) {
    case "json":
      func.io.stdout.write(`${JSON.stringify(entries.map(kind.json))}\n`);
      return;
    case "human":
      if (entries.length === 0) func.io.stdout.write(`There aren't any configured ${many}\n`);
      else func.io.stdout.write([`Configured ${many}:`, ...entries.map((entry) => ` -  ${kind.describe(entry)}`), ""].join("\n"));
      return;
    default:
      throw new UserError(`unsupported output format ${JSON.stringify(settings.text("output"))}: human or json`);
  }
}

function addCommand<Entry extends object>(func: Func, kind: EntryKind<Entry>): Command {
  const command = kind.flags(new Command("add").description(`Add ${article(kind.title[0])} to a function`));
  return addVerbose(addPath(command)).action(() => addEntry(func, kind, settingsOf(command, func.io)));
}

function article(title: string): string {
  return `${/^[aeiou]/i.test(title) ? "an" : "a"} ${title.toLowerCase()}`;
}

/** Without a prompt it opens one of its own, if it has to ask. */
export async function addEntry<Entry extends object>(
  func: Func,
  kind: EntryKind<Entry>,
  settings: Settings,
  prompt?: Prompt,
): Promise<void> {
  const project = functionOf(func, settings, `config ${kind.name} add`);
  const entry = kind.fromFlags(settings) ?? (await promptedEntry(func, kind, prompt));
  const id = kind.id(entry);
  if (id !== undefined && kind.entries(project.config).some((other) => kind.id(other) === id)) {
    throw helpError({
      message: `there is already ${article(kind.title[0])} '${id}'`,
      tries: [[`${func.name} config ${kind.name} remove --${kind.idFlag}=${id}`, "Remove it first"]],
      more: `${func.name} config ${kind.name} add`,
    });
  }
  changeFunction(project, (editor) => editor.append(kind.path, entry));
  func.io.stderr.write(`${kind.title[0]} entry was added to the function configuration\n`);
}

async function promptedEntry<Entry>(func: Func, kind: EntryKind<Entry>, open?: Prompt): Promise<Entry> {
  if (open !== undefined) return kind.fromPrompt(open);
  if (!isInteractive(func.io)) {
    throw helpError({
      message: `nothing says which ${kind.title[0].toLowerCase()} to add`,
      tries: [[`${func.name} config ${kind.name} add ${kind.example}`, ""]],
      more: `${func.name} config ${kind.name} add`,
    });
  }
  using prompt = openPrompt(func.io, func.signal);
  return await kind.fromPrompt(prompt); // the prompt is open until then
}

function removeCommand<Entry>(func: Func, kind: EntryKind<Entry>): Command {
  const short = kind.idFlag === "mount-path" ? "-m, " : "";
  const command = new Command("remove").alias("rm").description(`Remove ${article(kind.title[0])} from a function`);
  command.addOption(text(`${short}--${kind.idFlag} <string>`, `Which ${kind.title[0].toLowerCase()} to remove`));
  return addVerbose(addPath(command)).action(() => removeEntry(func, kind, settingsOf(command, func.io)));
}

export async function removeEntry<Entry>(func: Func, kind: EntryKind<Entry>, settings: Settings, prompt?: Prompt): Promise<void> {
  const project = functionOf(func, settings, `config ${kind.name} remove`);
  const entries = kind.entries(project.config);
  const [one, many] = kind.title;
  if (entries.length === 0) {
    func.io.stdout.write(`There aren't any configured ${many}\n`);
    return;
  }
  const id = settings.text(kind.idFlag);
  const index = id === undefined ? await askedIndex(func, kind, entries, prompt) : entries.findIndex((entry) => kind.id(entry) === id);
  if (index < 0) throw nothingToRemove(func, kind, entries, id);
  changeFunction(project, (editor) => editor.remove([...kind.path, index]));
  func.io.stderr.write(`${one} entry was removed from the function configuration\n`);
}

/** -1 where nobody can be asked. */
async function askedIndex<Entry>(func: Func, kind: EntryKind<Entry>, entries: readonly Entry[], open?: Prompt): Promise<number> {
  if (open === undefined && !isInteractive(func.io)) return -1;
  using own = open === undefined ? openPrompt(func.io, func.signal) : undefined;
  const texts = entries.map(kind.describe);
  const question = `Which ${kind.title[0].toLowerCase()} do you want to remove?`;
  return texts.indexOf((await (open ?? own)?.choose(question, texts)) ?? "");
}

function nothingToRemove<Entry>({ name }: Func, kind: EntryKind<Entry>, entries: readonly Entry[], id: string | undefined): UserError {
  const one = kind.title[0].toLowerCase();
  const known = entries.map(kind.id).filter((other) => other !== undefined);
  return helpError({
    message: id === undefined ? `nothing says which ${one} to remove` : `there is no ${one} '${id}'`,
    why: known.length === 0 ? [] : [`Configured: ${known.join(", ")}`],
    tries: [[`${name} config ${kind.name} remove --${kind.idFlag}=${known[0] ?? "..."}`, ""]],
    more: `${name} config ${kind.name} remove`,
  });
}
