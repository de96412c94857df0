import type { Command } from "commander";
import { commandPath, resolveCommand } from "../../shared/command-tree.ts";
import { loadConfig } from "../config/config.ts";
import type { GlobalFlags, Kn } from "../kn.ts";
import { findPlugin, listPlugins, type Plugin } from "./plugins.ts";

/** The result of the plugin that the words name, when no command of our own does; undefined without such a plugin. */
export async function runPlugin(kn: Kn, program: Command, args: readonly string[]): Promise<number | undefined> {
  const words = pluginWords(program, args);
  if (words.length === 0) return undefined;
  const plugin = await findPlugin(await loadConfig(kn.io, configFlags(args)), kn.io, words);
  return plugin === undefined ? undefined : kn.exec(plugin.path, withoutWords(args, plugin.words));
}

/** The words of the command line when they go beyond the commands that there are. */
function pluginWords(program: Command, args: readonly string[]): string[] {
  const { command, operands } = resolveCommand(program, args);
  if (command.commands.length === 0 || operands.length === 0) return [];
  return [...commandPath(command).split(" ").slice(1), ...operands];
}

/** Of a command line that may be a plugin's, so that only these flags are known. */
function configFlags(args: readonly string[]): Pick<GlobalFlags, "config" | "pluginsDir"> {
  const config = valueOf(args, "--config");
  const pluginsDir = valueOf(args, "--plugins-dir");
  return { ...(config === undefined ? {} : { config }), ...(pluginsDir === undefined ? {} : { pluginsDir }) };
}

function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  if (at >= 0) return args[at + 1];
  return args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
}

/** The arguments without the words that named the plugin. */
function withoutWords(args: readonly string[], words: readonly string[]): string[] {
  const left = [...words];
  return args.filter((arg) => {
    if (arg !== left[0]) return true;
    left.shift();
    return false;
  });
}

/** Plugins by one word below a command: what its help lists. */
export async function pluginsFor(kn: Pick<Kn, "io">, args: readonly string[]): Promise<readonly Plugin[]> {
  try {
    return (await listPlugins(await loadConfig(kn.io, configFlags(args)), kn.io)).plugins;
  } catch {
    return []; // help is given in any case
  }
}
