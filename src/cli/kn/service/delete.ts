import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { deleteObject, eachName } from "../delete-wait.ts";
import { addNamespaceFlag, addTargetFlag, addWaitFlags, type WaitFlags } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { byNamespaceAndName } from "../list.ts";
import { SERVICE } from "../refs.ts";

interface DeleteFlags extends WaitFlags {
  readonly all?: boolean;
}

export interface ServiceDeleteOptions {
  /** "all" takes every service of the namespace. */
  readonly names: readonly string[] | "all";
  readonly flags: WaitFlags;
}

export function serviceDeleteCommand(kn: Kn, run = runServiceDelete): Command {
  const command = leaf("delete", "NAME [NAME ...]", "Delete services").option("--all", "Delete all services in a namespace.");
  return addWaitFlags(addTargetFlag(addNamespaceFlag(command)), "'service delete' operation to be completed").action(
    (words: string[], flags: DeleteFlags, self: Command) => {
      const options = { names: namesOf(words, flags), flags };
      return inContext(kn, self, (context) => run(context, options));
    },
  );
}

function namesOf(words: readonly string[], flags: DeleteFlags): readonly string[] | "all" {
  if (flags.all === true && words.length > 0) throw new UserError("'service delete' with --all flag requires no arguments");
  if (flags.all !== true && words.length === 0) throw new UserError("'service delete' requires the service name(s)");
  return flags.all === true ? "all" : words;
}

export async function runServiceDelete(context: Context, { names, flags }: ServiceDeleteOptions): Promise<void> {
  const { io, namespace } = context;
  const chosen = names === "all" ? await allNames(context) : names;
  if (chosen.length === 0) return void io.stdout.write("No services found.\n");
  await eachName(chosen, async (name) => {
    await deleteObject(context, { kind: SERVICE, name, flags, propagationPolicy: "Background" });
    io.stdout.write(`Service '${name}' successfully deleted in namespace '${namespace}'.\n`);
  });
}

async function allNames(context: Context): Promise<string[]> {
  const { items } = await context.client.list(SERVICE, { namespace: context.namespace });
  return items.toSorted(byNamespaceAndName).map((service) => service.metadata.name ?? "");
}
