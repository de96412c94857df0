import { Command } from "commander";
import { deadLetterKind, type DeadLetter } from "../../../api/observe/dead-letter.ts";
import type { Io } from "../../shared/io.ts";
import { renderTable } from "../../shared/table.ts";
import { addTarget, type OpenObserved, type TargetFlags } from "../events/observed.ts";

export function showCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("show").description("show a dead letter with its event"))
    .argument("<name>", "as dlq list prints it")
    .option("--json", "print one JSON object")
    .action(async (name: string, flags: TargetFlags & { readonly json?: boolean }) => {
      await using observed = await open(io, flags);
      const letter = await observed.ask<DeadLetter>(deadLetterKind, { name });
      io.stdout.write(flags.json === true ? `${JSON.stringify(letter)}\n` : textOf(letter));
    });
}

function textOf({ metadata, spec, status }: DeadLetter): string {
  const facts: [string, string | undefined][] = [
    ["Trigger", `${metadata.namespace}/${status.trigger}`],
    ["Broker", status.broker],
    ["Reason", status.reason],
    ["Message", status.message],
    ["Status", status.httpStatus === undefined || status.httpStatus === 0 ? undefined : String(status.httpStatus)],
    ["Destination", status.destination],
    ["Attempts", String(status.attempts)],
    ["Redrives", String(status.redrives)],
    ["Parked", metadata.creationTimestamp],
    ["Edit of", status.editOf],
    ["Unreadable", status.unreadable],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
  return `${renderTable(known.map(([name, value]) => [`${name}:`, value]))}\n${JSON.stringify(spec.event, null, 2)}\n`;
}
