import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { addNamespaceFlag, integer, waitSettings, type WaitFlags } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { SERVICE } from "../refs.ts";
import { waitWithProgress } from "./progress.ts";

export interface ServiceWaitOptions {
  readonly name: string;
  readonly flags: WaitFlags;
}

export function serviceWaitCommand(kn: Kn, run = runServiceWait): Command {
  return addNamespaceFlag(leaf("wait", "NAME", "Wait for a service to be ready"))
    .addOption(integer("--wait-timeout <int>", "Seconds to wait before giving up. (default 600)"))
    .addOption(integer("--wait-window <int>", "Seconds to wait for the ready condition to recover after it became false. (default 2)"))
    .action((words: string[], flags: WaitFlags, self: Command) => {
      const [name] = words;
      if (name === undefined || words.length > 1) {
        throw new UserError("'service wait' requires the service name given as single argument");
      }
      return inContext(kn, self, (context) => run(context, { name, flags }));
    });
}

export async function runServiceWait(context: Context, { name, flags }: ServiceWaitOptions): Promise<void> {
  const where = `Service '${name}' in namespace '${context.namespace}'`;
  await mustGet(context, SERVICE, name);
  context.io.stdout.write(`Waiting for ${where}:\n\n`);
  await waitWithProgress(context, name, waitSettings(flags));
  context.io.stdout.write(`${where} is ready.\n`);
}
