/** Programs `kn-a-b` that run as `kn a b`: found in the plugins' folder first, then in PATH. */
import { access, constants, readdir, stat } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import type { Io } from "../../shared/io.ts";
import type { KnConfig } from "../config/config.ts";

export interface Plugin {
  /** `kn-a-b` */
  readonly name: string;
  readonly path: string;
  /** `["a", "b"]` */
  readonly words: readonly string[];
}

type Places = Pick<KnConfig, "pluginsDir" | "pathLookup">;

const PREFIX = "kn-";

function foldersOf({ pluginsDir, pathLookup }: Places, { env }: Pick<Io, "env">): string[] {
  const path = pathLookup ? (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "") : [];
  return [...new Set([pluginsDir, ...path])];
}

/** The plugin of the most words that `words` begin with. */
export async function findPlugin(places: Places, io: Pick<Io, "env">, words: readonly string[]): Promise<Plugin | undefined> {
  const slash = words.findIndex((word) => word.includes("/"));
  const usable = slash < 0 ? words : words.slice(0, slash);
  const folders = foldersOf(places, io);
  for (let count = usable.length; count > 0; count -= 1) {
    const chosen = usable.slice(0, count);
    const name = PREFIX + chosen.map((word) => word.replaceAll("-", "_")).join("-");
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isProgram(path)) return { name, path, words: chosen };
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

export interface PluginListing {
  readonly plugins: readonly Plugin[];
  readonly warnings: readonly string[];
}

/** All plugins by name; the first of a name hides the others. */
export async function listPlugins(places: Places, io: Pick<Io, "env">): Promise<PluginListing> {
  const byName = new Map<string, Plugin>();
  const warnings: string[] = [];
  for (const folder of foldersOf(places, io)) {
    for (const path of await programsOf(folder)) {
      const plugin = pluginAt(path);
      const shadow = byName.get(plugin.name);
      if (shadow === undefined) byName.set(plugin.name, plugin);
      else warnings.push(`${path} is ignored because it is shadowed by an equally named plugin: ${shadow.path}`);
      if (!(await isProgram(path))) warnings.push(`${path} is not executable by current user`);
    }
  }
  return { plugins: [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), warnings };
}

async function programsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const named = entries.filter((entry) => entry.name.startsWith(PREFIX) && entry.name !== PREFIX && !entry.isDirectory());
  return named.map((entry) => join(folder, entry.name)).toSorted();
}

function pluginAt(path: string): Plugin {
  const name = basename(path);
  const words = name
    .slice(PREFIX.length)
    .split("-")
    .map((word) => word.replaceAll("_", "-"));
  return { name, path, words };
}
