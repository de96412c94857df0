import type { Command } from "commander";
import type { Func } from "./func.ts";

/** A command that is loaded when it is meant. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly description: string;
  /** The title under which the root's help lists it. */
  readonly group: string;
  readonly load: (func: Func) => Promise<Command>;
}

const PRIMARY = "Primary Commands:";
const DEVELOPMENT = "Development Commands:";
const SYSTEM = "System Commands:";
export const OTHER = "Other Commands:";

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "create",
    aliases: ["init"],
    description: "Create a function",
    group: PRIMARY,
    load: async (func) => (await import("./create.ts")).createCommand(func),
  },
  {
    name: "describe",
    aliases: ["info", "desc"],
    description: "Describe a function",
    group: PRIMARY,
    load: async (func) => (await import("./describe.ts")).describeCommand(func),
  },
  {
    name: "deploy",
    description: "Deploy a function",
    group: PRIMARY,
    load: async (func) => (await import("./deploy.ts")).deployCommand(func),
  },
  {
    name: "delete",
    aliases: ["rm"],
    description: "Undeploy a function",
    group: PRIMARY,
    load: async (func) => (await import("./delete.ts")).deleteCommand(func),
  },
  {
    name: "list",
    aliases: ["ls"],
    description: "List deployed functions",
    group: PRIMARY,
    load: async (func) => (await import("./list.ts")).listCommand(func),
  },
  {
    name: "subscribe",
    description: "Subscribe a function to events",
    group: PRIMARY,
    load: async (func) => (await import("./subscribe.ts")).subscribeCommand(func),
  },
  {
    name: "run",
    description: "Run the function locally",
    group: DEVELOPMENT,
    load: async (func) => (await import("./run-function.ts")).runCommand(func),
  },
  {
    name: "dev",
    description: "Run the function locally, again after each save",
    group: DEVELOPMENT,
    load: async (func) => (await import("./dev.ts")).devCommand(func),
  },
  {
    name: "invoke",
    description: "Invoke a local or remote function",
    group: DEVELOPMENT,
    load: async (func) => (await import("./invoke.ts")).invokeCommand(func),
  },
  {
    name: "build",
    description: "Build a function's image",
    group: DEVELOPMENT,
    load: async (func) => (await import("./build.ts")).buildCommand(func),
  },
  {
    name: "logs",
    description: "Show what the function logs",
    group: DEVELOPMENT,
    load: async (func) => (await import("./logs.ts")).logsCommand(func),
  },
  {
    name: "config",
    description: "Configure a function",
    group: SYSTEM,
    load: async (func) => (await import("./config/config.ts")).configCommand(func),
  },
  {
    name: "languages",
    description: "List available function language runtimes",
    group: SYSTEM,
    load: async (func) => (await import("./languages.ts")).languagesCommand(func),
  },
  {
    name: "templates",
    description: "List available function templates",
    group: SYSTEM,
    load: async (func) => (await import("./templates.ts")).templatesCommand(func),
  },
  {
    name: "repository",
    aliases: ["repo", "repositories"],
    description: "Manage installed template repositories",
    group: SYSTEM,
    load: async (func) => (await import("./repository/repository.ts")).repositoryCommand(func),
  },
  {
    name: "environment",
    aliases: ["env"],
    description: "Display the environment in which functions are made",
    group: SYSTEM,
    load: async (func) => (await import("./environment.ts")).environmentCommand(func),
  },
  {
    name: "version",
    description: "Show the version of this program",
    group: OTHER,
    load: async (func) => (await import("./version.ts")).versionCommand(func),
  },
];
