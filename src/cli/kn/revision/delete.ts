import type { Command } from "commander";
import { ROUTING_STATE_LABEL, SERVICE_LABEL } from "../../../api/names/labels.ts";
import { UserError } from "../../shared/io.ts";
import { deleteObject, eachName } from "../delete-wait.ts";
import { addNamespaceFlag, addWaitFlags, text, type WaitFlags } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { REVISION } from "../refs.ts";
import { byServiceAndGeneration } from "./list.ts";

interface DeleteFlags extends WaitFlags {
  readonly prune?: string;
  readonly pruneAll?: boolean;
}

export interface RevisionDeleteOptions {
  readonly names: readonly string[];
  readonly flags: DeleteFlags;
}

export function revisionDeleteCommand(kn: Kn, run = runRevisionDelete): Command {
  const command = leaf("delete", "NAME [NAME ...]", "Delete revisions")
    .addOption(text("--prune <string>", "Remove unreferenced revisions for a given service in a namespace."))
    .option("--prune-all", "Remove all unreferenced revisions in a namespace.");
  return addWaitFlags(addNamespaceFlag(command), "'revision delete' operation to be completed").action(
    (names: string[], flags: DeleteFlags, self: Command) => {
      const pruning = flags.prune !== undefined || flags.pruneAll === true;
      if (pruning && names.length > 0) throw new UserError(`'${kn.name} revision delete' with --prune flag requires no arguments`);
      if (!pruning && names.length === 0) throw new UserError(`'${kn.name} revision delete' requires one or more revision name`);
      return inContext(kn, self, (context) => run(context, { names, flags }));
    },
  );
}

export async function runRevisionDelete(context: Context, { names, flags }: RevisionDeleteOptions): Promise<void> {
  const pruning = flags.prune !== undefined || flags.pruneAll === true;
  const chosen = pruning ? await unreferenced(context, flags.prune) : names;
  if (chosen.length === 0) return void context.io.stdout.write("No revisions found.\n");
  await eachName(chosen, async (name) => {
    await deleteObject(context, { kind: REVISION, name, flags });
    context.io.stdout.write(`Revision '${name}' deleted in namespace '${context.namespace}'.\n`);
  });
}

/** Revisions that no route sends traffic to. */
async function unreferenced(context: Context, service: string | undefined): Promise<string[]> {
  const labelSelector = service === undefined ? {} : { labelSelector: `${SERVICE_LABEL}=${service}` };
  const { items } = await context.client.list(REVISION, { namespace: context.namespace, ...labelSelector });
  const idle = items.filter((revision) => revision.metadata.labels?.[ROUTING_STATE_LABEL] !== "active");
  return idle.toSorted(byServiceAndGeneration).map((revision) => revision.metadata.name ?? "");
}
