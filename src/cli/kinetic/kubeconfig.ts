import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { parse } from "yaml";
import type { Kubeconfig } from "../../client/kubeconfig/types.ts";
import { mergeKubeconfig } from "../../client/kubeconfig/write.ts";
import { UserError, type Io } from "../shared/io.ts";
import { dataDirectoryOf } from "./running.ts";

export function kubeconfigCommand(io: Io): Command {
  return new Command("kubeconfig")
    .description("print the kubeconfig, or merge it into yours")
    .option("--data-dir <folder>", "where the platform keeps its data")
    .option("--merge", "put it into the file that kubectl reads and make it current")
    .action(async (options: { dataDir?: string; merge?: boolean }) => {
      const directory = dataDirectoryOf(io, options.dataDir);
      const ours = await readFile(directory.kubeconfig, "utf8").catch(() => {
        throw new UserError(`there is no kubeconfig in ${directory.path} yet; start the platform with: kinetic up`);
      });
      if (options.merge !== true) io.stdout.write(ours);
      else io.stdout.write(`merged into ${await merge(io, parse(ours) as Kubeconfig)}; current context is "kinetic"\n`);
    });
}

async function merge(io: Io, ours: Kubeconfig): Promise<string> {
  const home = io.env["HOME"];
  const target = (io.env["KUBECONFIG"] ?? "").split(":").find((path) => path !== "") ?? join(home ?? "/", ".kube/config");
  const existing = await readFile(target, "utf8").catch(() => "");
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.kinetic-${process.pid}`;
  await writeFile(temporary, mergeKubeconfig(existing, ours), { mode: 0o600 });
  await rename(temporary, target);
  return target;
}
