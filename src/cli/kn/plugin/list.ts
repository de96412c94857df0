import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { resolveCommand } from "../../shared/command-tree.ts";
import { UserError } from "../../shared/io.ts";
import { loadConfig, type KnConfig } from "../config/config.ts";
import { leaf } from "../group.ts";
import type { GlobalFlags, Kn } from "../kn.ts";
import { listPlugins, type Plugin } from "./plugins.ts";

interface PluginListFlags extends GlobalFlags {
  readonly verbose?: boolean;
}

export function pluginListCommand(kn: Kn, run = runPluginList): Command {
  const description =
    'List all installed plugins.\n\nAvailable plugins are those that are:\n- executable\n- begin with "kn-"\n' +
    "- Kn's plugin directory\n- Anywhere in the execution $PATH";
  return leaf("list", "", description)
    .alias("ls")
    .option("--verbose", "verbose output")
    .action((_words: string[], _flags: object, self: Command) => run(kn, self));
}

export async function runPluginList(kn: Pick<Kn, "io">, self: Command): Promise<void> {
  const flags = self.optsWithGlobals<PluginListFlags>();
  const verbose = flags.verbose === true;
  const config = await loadConfig(kn.io, flags);
  const { plugins, warnings } = await listPlugins(config, kn.io);
  const write = (line: string) => kn.io.stdout.write(`${line}\n`);
  if (verbose) write(await settingsText(config));
  if (plugins.length === 0) return void write(verbose ? `No plugins found in path '${config.pluginsDir}'.` : "No plugins found.");
  for (const { name, path } of plugins) write(`- ${name} : ${path}${verbose ? `  (${path})` : ""}`);
  const errors = overwriting(rootOf(self), plugins);
  if (errors.length + warnings.length > 0) write(["", ...section("ERROR", errors), ...section("WARNING", warnings)].join("\n"));
  if (errors.length > 0) throw new UserError("plugin validation errors");
}

async function settingsText({ pluginsDir, pathLookup }: KnConfig): Promise<string> {
  const there = await stat(pluginsDir).then(
    () => true,
    () => false,
  );
  return [
    "The following plugins are available, using options:",
    `  plugins dir: '${pluginsDir}'${there ? "" : " (does not exist)"}`,
    `  lookup plugins in $PATH: ${pathLookup}`,
    "",
  ].join("\n");
}

function section(label: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`${label}${lines.length === 1 ? "" : "S"}:`, ...lines.map((line) => `  - ${line}`)];
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** Plugins under the name of a command that is built in: they never run. */
function overwriting(root: Command, plugins: readonly Plugin[]): string[] {
  return plugins.flatMap(({ path, words }) => {
    const { command, operands } = resolveCommand(root, words);
    const isLeaf = command.commands.length === 0;
    const taken = command !== root && (isLeaf || operands.length === 0);
    return taken ? [`${path} overwrites existing built-in command: '${words.join(" ")}'`] : [];
  });
}
