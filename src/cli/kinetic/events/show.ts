import { Command } from "commander";
import { eventRecordKind, type EventRecord, type TriggerOutcome } from "../../../api/observe/event-record.ts";
import { styled, UserError, type Io } from "../../shared/io.ts";
import { renderTable } from "../../shared/table.ts";
import { addTarget, type OpenObserved, type TargetFlags } from "./observed.ts";

interface Flags extends TargetFlags {
  readonly broker?: string;
  readonly json?: boolean;
}

export function showCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("show").description("show an event's whole life"))
    .argument("<id>", "the CloudEvent's id")
    .option("-A, --all-namespaces", "look in all namespaces")
    .option("--broker <name>", "only of this broker")
    .option("--json", "print one JSON object a line")
    .action(async (id: string, flags: Flags) => {
      await using observed = await open(io, flags);
      const { items } = await observed.ask<{ items: readonly EventRecord[] }>(eventRecordKind, { query: { id, broker: flags.broker } });
      if (items.length === 0) {
        const where = flags.allNamespaces === true ? "any namespace" : `namespace ${observed.namespace}`;
        throw new UserError(`no event with id ${JSON.stringify(id)} is kept in ${where}`);
      }
      const texts = items.map((record) => (flags.json === true ? `${JSON.stringify(record)}\n` : lifeText(io, record)));
      io.stdout.write(texts.join(flags.json === true ? "" : "\n"));
    });
}

const COLOURS: Partial<Record<TriggerOutcome["outcome"], "green" | "red" | "yellow" | "dim">> = {
  delivered: "green",
  redriven: "green",
  republished: "green",
  parked: "red",
  "dead-lettered": "red",
  pending: "yellow",
  filtered: "dim",
};

export function lifeText(io: Io, { metadata, spec, status }: EventRecord): string {
  const { data, data_base64: base64, ...attributes } = spec.event;
  const facts: [string, string][] = [
    ["Broker", `${metadata.namespace}/${spec.broker}, offset ${status.offset}`],
    ...Object.entries(attributes).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  const content = data === undefined ? base64 : typeof data === "string" ? data : JSON.stringify(data);
  if (content !== undefined) facts.push([data === undefined ? "data (base64)" : "data", String(content)]);
  const outcomes = (status.triggers ?? []).map(({ trigger, outcome, detail = "" }) => {
    const colour = COLOURS[outcome];
    return [trigger, colour === undefined ? outcome : styled(io, colour, outcome), detail];
  });
  const timeline = (status.timeline ?? []).map(({ at, trigger = "", what }) => [at.slice(0, 23).replace("T", " "), trigger, what]);
  return [
    renderTable(facts.map(([name, value]) => [`${name}:`, value])),
    outcomes.length === 0 ? "\nNo trigger has looked at it.\n" : `\n${renderTable([["TRIGGER", "OUTCOME", "DETAIL"], ...outcomes])}`,
    `\n${renderTable([["TIME", "TRIGGER", "WHAT"], ...timeline])}`,
  ].join("");
}
