import { Command } from "commander";
import { deadLetterKind } from "../../../api/observe/dead-letter.ts";
import type { Io } from "../../shared/io.ts";
import { confirm } from "../events/confirm.ts";
import { addTarget, interruptible, type Observed, type OpenObserved, type TargetFlags } from "../events/observed.ts";
import { addSelection, chosen, type SelectionFlags } from "./selection.ts";

interface Flags extends TargetFlags, SelectionFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function purgeCommand(io: Io, open: OpenObserved): Command {
  return addSelection(addTarget(new Command("purge").description("delete dead letters for good")))
    .argument("[names...]", "as dlq list prints them")
    .option("--dry-run", "say how many would go")
    .option("-y, --yes", "do not ask")
    .action(async (names: readonly string[], flags: Flags) => {
      const labelSelector = chosen(names, flags);
      await using observed = await open(io, flags);
      using stop = interruptible();
      const count = labelSelector === undefined ? names.length : await purge(observed, labelSelector, true);
      if (flags.dryRun === true || count === 0) return void io.stdout.write(`${count} would be purged\n`);
      if (flags.yes !== true) await confirm(io, `purge ${count} dead letter${count === 1 ? "" : "s"} for good?`, stop.signal);
      if (labelSelector === undefined) for (const name of names) await observed.ask(deadLetterKind, { method: "DELETE", name });
      const purged = labelSelector === undefined ? count : await purge(observed, labelSelector, false);
      io.stdout.write(`${purged} purged\n`);
    });
}

async function purge(observed: Observed, labelSelector: string, isDryRun: boolean): Promise<number> {
  const query = { labelSelector, dryRun: isDryRun ? "All" : undefined };
  const { details } = await observed.ask<{ details?: { count?: number } }>(deadLetterKind, { method: "DELETE", query });
  return details?.count ?? 0;
}
