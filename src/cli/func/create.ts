import { resolve } from "node:path";
import { Command } from "commander";
import { findTemplate, runtimesIn, templatesIn, type FoundTemplate } from "../../functions/templates/catalog.ts";
import { createFunction } from "../../functions/templates/create.ts";
import type { Repository, Template } from "../../functions/templates/repository.ts";
import { UserError } from "../shared/io.ts";
import { helpError } from "./errors.ts";
import { addConfirm, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { isInteractive, openPrompt } from "./prompt.ts";
import { repositoriesOf } from "./repositories.ts";
import { settingsOf } from "./settings.ts";

const DEFAULT_TEMPLATE = "http";

export function createCommand(func: Func): Command {
  const { name, io } = func;
  const command = new Command("create")
    .usage("[path]")
    .argument("[path]")
    .description(
      [
        "Create a function",
        `Makes a function in the current folder, or at the path, which is created if need be. The function is called as its folder.`,
        `\tA function in Node.js that answers HTTP requests:\n\t${name} create --language node myfunction`,
        `\tA function in Go that answers CloudEvents:\n\t${name} create -l go -t cloudevents myfunction`,
        `'${name} templates' lists what there is, '${name} repository add' adds more.`,
      ].join("\n\n"),
    )
    .addOption(text("-l, --language <string>", "Language runtime"))
    .addOption(text("-t, --template <string>", "Template: its name, or REPOSITORY/NAME", { default: DEFAULT_TEMPLATE }))
    .addOption(text("-r, --repository <string>", "Address of a git repository that has the template: URL#BRANCH, file:///PATH"));
  addVerbose(addConfirm(command));
  return command.action(async (path: string | undefined) => {
    if (command.args.length > 1) throw new UserError(`${name} create takes one path, not ${command.args.length}`);
    const settings = settingsOf(command, io);
    using repositories = await repositoriesOf(func, settings);
    const given: Wanted = {
      path: path ?? settings.text("path", "."),
      language: settings.text("language"),
      template: settings.text("template", DEFAULT_TEMPLATE),
    };
    const wanted = settings.isOn("confirm") ? await confirmed(func, repositories.all, given) : given;
    const template = templateOf(func, repositories.all, wanted);
    const root = resolve(io.cwd, wanted.path);
    createFunction({ root, template, created: new Date(func.clock.now()).toISOString() });
    io.stderr.write(`Created ${template.runtime} function in ${root}\n`);
  });
}

interface Wanted {
  readonly path: string;
  readonly language: string | undefined;
  readonly template: string;
}

/** Asks on a terminal; elsewhere it says what it will do. */
async function confirmed(func: Func, repositories: readonly Repository[], given: Wanted): Promise<Wanted> {
  const { io, signal } = func;
  if (!isInteractive(io)) {
    io.stdout.write(`Path:      ${given.path}\nLanguage:  ${given.language ?? ""}\nTemplate:  ${given.template}\n`);
    return given;
  }
  using prompt = openPrompt(io, signal);
  const path = await prompt.ask("Path of the function:", { fallback: given.path });
  const runtimes = runtimesIn(repositories);
  const language = await prompt.choose("Language:", runtimes, given.language ?? runtimes[0]);
  const templates = templatesIn(repositories, language);
  const fallback = templates.includes(given.template) ? given.template : templates[0];
  return { path, language, template: await prompt.choose("Template:", templates, fallback) };
}

function templateOf({ name }: Func, repositories: readonly Repository[], { language, template }: Wanted): Template {
  if (language === undefined) throw languageError(name, "the language of the function is needed", runtimesIn(repositories));
  const found = findTemplate(repositories, language, template);
  if (found.kind === "ok") return found.template;
  throw notFound(name, found, { language, template });
}

type NotFound = Exclude<FoundTemplate, { readonly kind: "ok" }>;

function notFound(name: string, found: NotFound, { language, template }: { language: string; template: string }): UserError {
  const more = `${name} create`;
  switch (found.kind) {
    case "no-runtime":
      return languageError(name, `the language runtime '${language}' is not recognized`, found.runtimes);
    case "no-repository":
      return helpError({
        message: `repository '${found.repository}' not found`,
        tries: [
          [`${name} repository list`, "The repositories that are installed"],
          [`${name} repository add ${found.repository} <url>`, "Install it"],
        ],
        more,
      });
    case "no-template":
      return helpError({
        message: `template '${template}' not found for ${language}`,
        why: [`Templates for ${language}: ${found.templates.join(", ")}`],
        tries: [[`${name} create --language ${language} --template ${found.templates[0] ?? DEFAULT_TEMPLATE} myfunction`, ""]],
        more,
      });
  }
}

function languageError(name: string, message: string, runtimes: readonly string[]): UserError {
  return helpError({
    message,
    why: [`Available languages: ${runtimes.join(", ")}`],
    tries: [
      [`${name} create --language ${runtimes[0] ?? "go"} myfunction`, "Create a function in a folder of its own"],
      [`${name} templates`, "All languages and templates"],
    ],
    more: `${name} create`,
  });
}
