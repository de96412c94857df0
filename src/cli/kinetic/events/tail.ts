import { Command } from "commander";
import { eventRecordKind, type EventRecord } from "../../../api/observe/event-record.ts";
import { styled, type Io } from "../../shared/io.ts";
import { columnWidths, alignRow } from "../../shared/table.ts";
import { addTarget, interruptible, type OpenObserved, type TargetFlags } from "./observed.ts";

interface Flags extends TargetFlags {
  readonly broker?: string;
  readonly trigger?: string;
  readonly from: string;
  readonly limit?: string;
  readonly json?: boolean;
}

const HEAD = ["TIME", "BROKER", "TYPE", "SOURCE", "ID", "DATA"];
const MAX_DATA = 80;

export function tailCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("tail").description("print events as they come"))
    .option("-A, --all-namespaces", "of all namespaces")
    .option("--broker <name>", "only of this broker")
    .option("--trigger <name>", "only what this trigger's filter matches")
    .option("--from <place>", "head, oldest, an offset or an RFC 3339 time", "head")
    .option("--limit <n>", "end after so many events")
    .option("--json", "print one JSON object a line")
    .action(async (flags: Flags) => {
      await using observed = await open(io, flags);
      using stop = interruptible();
      const { broker, trigger, from } = flags;
      const lines = observed.lines<{ object: EventRecord }>(
        eventRecordKind,
        { query: { watch: "true", broker, trigger, from } },
        stop.signal,
      );
      const print = flags.json === true ? jsonPrinter(io) : rowPrinter(io);
      let left = Number(flags.limit ?? Infinity);
      for await (const { object } of lines) {
        print(object);
        if (--left <= 0) return;
      }
    });
}

function jsonPrinter(io: Io): (record: EventRecord) => void {
  return (record) => io.stdout.write(`${JSON.stringify(record)}\n`);
}

/** Columns only ever grow: nothing is known of the events that are still to come. */
function rowPrinter(io: Io): (record: EventRecord) => void {
  let widths: number[] = columnWidths([HEAD], { minWidth: 6, padding: 3 });
  io.stdout.write(`${styled(io, "bold", alignRow(HEAD, widths))}\n`);
  return (record) => {
    const row = rowOf(record);
    const wanted = columnWidths([row], { minWidth: 6, padding: 3 });
    widths = widths.map((width, column) => Math.max(width, wanted[column] ?? 0));
    io.stdout.write(`${alignRow(row, widths)}\n`);
  };
}

function rowOf({ spec: { broker, event }, status }: EventRecord): string[] {
  const text = (name: string) => String(event[name] ?? "");
  return [status.receivedAt.slice(11, 23), broker, text("type"), text("source"), text("id"), dataText(event)];
}

function dataText(event: EventRecord["spec"]["event"]): string {
  if (event["data"] === undefined) return event["data_base64"] === undefined ? "" : "<binary>";
  const text = (typeof event["data"] === "string" ? event["data"] : JSON.stringify(event["data"])).replaceAll(/\s+/g, " ");
  return text.length > MAX_DATA ? `${text.slice(0, MAX_DATA)}...` : text;
}
