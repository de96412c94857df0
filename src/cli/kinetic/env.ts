import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { DataDirectory } from "../../app/data-directory.ts";
import type { Io } from "../shared/io.ts";
import { dataDirectoryOf } from "./running.ts";

const PROGRAMS = ["kinetic", "kn", "func"];

export function envCommand(io: Io): Command {
  return new Command("env")
    .description('print shell code that sets PATH, KUBECONFIG and completion: eval "$(kinetic env)"')
    .option("--data-dir <folder>", "where the platform keeps its data")
    .action(async (options: { dataDir?: string }) => {
      const directory = dataDirectoryOf(io, options.dataDir);
      const bin = await writeShims(directory);
      io.stdout.write(shellCode(bin, directory.kubeconfig));
    });
}

/** Small shell scripts that start our programs with the Node that runs this, without a second look for one. */
async function writeShims(directory: DataDirectory): Promise<string> {
  const bin = join(directory.path, "bin");
  await mkdir(bin, { recursive: true, mode: 0o700 });
  const launchers = fileURLToPath(new URL("../../../bin/", import.meta.url));
  for (const program of PROGRAMS) {
    const path = join(bin, program);
    const command = [process.execPath, join(launchers, `${program}.js`)].map(quote).join(" ");
    await writeFile(path, `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(path, 0o755);
  }
  return bin;
}

export function shellCode(bin: string, kubeconfig: string): string {
  const lines = [`export PATH=${quote(bin)}:"$PATH"`, `export KUBECONFIG=${quote(kubeconfig)}`];
  for (const shell of ["bash", "zsh"]) {
    // Not `source <(...)`: every shell has to parse the line, also those that never run it.
    const loads = PROGRAMS.map((program) => `eval "$(${quote(join(bin, program))} completion ${shell})"`).join("; ");
    lines.push(`if [ -n "\${${shell.toUpperCase()}_VERSION:-}" ]; then ${loads}; fi`);
  }
  return `${lines.join("\n")}\n`;
}

/** For POSIX shells. */
export function quote(text: string): string {
  return /^[A-Za-z0-9_/.:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
