import { Command } from "commander";
import { deadLetterKind, type DeadLetter } from "../../../api/observe/dead-letter.ts";
import { systemClock } from "../../../std/clock.ts";
import { ageCell } from "../../shared/age.ts";
import type { Io } from "../../shared/io.ts";
import { renderTable } from "../../shared/table.ts";
import { addTarget, type Observed, type OpenObserved, type TargetFlags } from "../events/observed.ts";
import { addSelection, labelSelectorOf, type SelectionFlags } from "./selection.ts";

interface Flags extends TargetFlags, SelectionFlags {
  readonly json?: boolean;
}

export function listCommand(io: Io, open: OpenObserved): Command {
  return addSelection(addTarget(new Command("list").alias("ls").description("list dead letters, oldest first")))
    .option("-A, --all-namespaces", "of all namespaces")
    .option("--json", "print one JSON object a line")
    .action(async (flags: Flags) => {
      await using observed = await open(io, flags);
      const letters = await Array.fromAsync(deadLetters(observed, labelSelectorOf(flags)));
      if (flags.json === true) io.stdout.write(letters.map((letter) => `${JSON.stringify(letter)}\n`).join(""));
      else if (letters.length === 0)
        io.stdout.write(`no dead letters${flags.allNamespaces === true ? "" : ` in namespace ${observed.namespace}`}\n`);
      else io.stdout.write(renderTable(rowsOf(letters, flags.allNamespaces === true)));
    });
}

/** Page by page. */
async function* deadLetters(observed: Observed, labelSelector: string | undefined): AsyncGenerator<DeadLetter> {
  let next: string | undefined;
  do {
    const query = { labelSelector, continue: next };
    const page = await observed.ask<{ items: readonly DeadLetter[]; metadata: { continue?: string } }>(deadLetterKind, { query });
    yield* page.items;
    next = page.metadata.continue;
  } while (next !== undefined && next !== "");
}

function rowsOf(letters: readonly DeadLetter[], withNamespace: boolean): string[][] {
  const head = ["NAME", "TRIGGER", "EVENT", "TYPE", "REASON", "ATTEMPTS", "REDRIVES", "AGE", "MESSAGE"];
  const rows = letters.map(({ metadata, spec, status }) => {
    const age = ageCell(metadata.creationTimestamp, systemClock.now());
    const name = status.editOf === undefined ? (metadata.name ?? "") : `${metadata.name} (edit of ${status.editOf})`;
    const { trigger, reason, attempts, redrives, message = "" } = status;
    const [id, type] = [String(spec.event["id"] ?? ""), String(spec.event["type"] ?? "")];
    const row = [name, trigger, id, type, reason, String(attempts), String(redrives), age, message];
    return withNamespace ? [metadata.namespace ?? "", ...row] : row;
  });
  return [withNamespace ? ["NAMESPACE", ...head] : head, ...rows];
}
