import { access, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { UserError, type Io } from "../shared/io.ts";
import { dataDirectoryOf, findRunning } from "./running.ts";

export function resetCommand(io: Io): Command {
  return new Command("reset")
    .description("delete everything that the platform keeps on this machine")
    .option("--data-dir <folder>", "where the platform keeps its data")
    .option("-y, --yes", "do not ask")
    .action(async (options: { dataDir?: string; yes?: boolean }) => {
      const directory = dataDirectoryOf(io, options.dataDir);
      if ((await findRunning(directory)) !== undefined) throw new UserError("the platform is running; stop it first with: kinetic down");
      const isOurs = await access(join(directory.path, "FORMAT")).then(
        () => true,
        () => false,
      );
      if (!isOurs) {
        io.stdout.write(`nothing to delete: ${directory.path} holds no data of Kinetic\n`);
        return;
      }
      if (options.yes !== true && !(await confirmed(io, directory.path))) throw new UserError("nothing was deleted");
      for (const name of await readdir(directory.path)) await rm(join(directory.path, name), { recursive: true, force: true });
      io.stdout.write(`deleted ${directory.path}\n`);
    });
}

async function confirmed(io: Io, path: string): Promise<boolean> {
  if (io.stdout.isTTY !== true) throw new UserError(`say --yes to delete ${path}`);
  const terminal = createInterface({ input: io.stdin, output: process.stdout });
  const answer = await terminal.question(`Delete all services, images and logs in ${path}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
