/** What flags name but do not hold: files, and the flags' own old names. */
import { text as readStream } from "node:stream/consumers";
import { UserError, type Io } from "../../shared/io.ts";
import type { Profile } from "../config/config.ts";
import type { GlobalFlags, Kn } from "../kn.ts";
import type { ServiceFlags } from "./flags.ts";
import { parseContainers } from "./spec/extra-containers.ts";

/** Flags of old, still taken. */
const SUCCESSORS = {
  autoscaleWindow: "scaleWindow",
  concurrencyTarget: "scaleTarget",
  concurrencyUtilization: "scaleUtilization",
  extraContainers: "containers",
} as const satisfies Record<string, keyof ServiceFlags>;

/** The flags with the content of the files that they name. */
export async function withFiles<T extends ServiceFlags & GlobalFlags>(kn: Pick<Kn, "io">, given: T): Promise<T> {
  const flags = withoutOldNames(given);
  const { envFile, containers } = flags;
  return {
    ...flags,
    ...(flags.profile === undefined ? {} : { profiles: await profilesOf(kn, given) }),
    ...(envFile === undefined ? {} : { envFileLines: linesOf(await readText(kn.io, envFile)) }),
    ...(containers === undefined ? {} : { extraContainers: await parseContainers(await readText(kn.io, containers), nameOf(containers)) }),
  };
}

async function profilesOf(kn: Pick<Kn, "io">, flags: GlobalFlags): Promise<Readonly<Record<string, Profile>>> {
  const { loadConfig } = await import("../config/config.ts");
  return (await loadConfig(kn.io, flags)).profiles;
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : path;
}

/** The text of a file, or of the standard input for `-`. */
async function readText(io: Io, path: string): Promise<string> {
  if (path === "-") return readStream(io.stdin);
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8").catch(() => {
    throw new UserError(`open ${path}: no such file or directory`);
  });
}

function linesOf(content: string): string[] {
  return content
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function withoutOldNames<T extends ServiceFlags>(given: T): T {
  const renamed: Record<string, unknown> = Object.fromEntries(Object.entries(given));
  for (const [old, successor] of Object.entries(SUCCESSORS)) {
    const value = renamed[old];
    if (value === undefined) continue;
    if (renamed[successor] !== undefined) throw new UserError(`only --${dashed(successor)} or --${dashed(old)} can be specified`);
    renamed[successor] = value;
    delete renamed[old];
  }
  return renamed as T;
}

/** `scaleWindow` is `scale-window` on a command line. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
