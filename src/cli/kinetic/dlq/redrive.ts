import { Command } from "commander";
import { DEFAULT_REDRIVE_RATE, redriveKind, type RedriveLine, type RedriveSummary } from "../../../api/observe/redrive.ts";
import { styled, UserError, type Io } from "../../shared/io.ts";
import { addTarget, interruptible, rate, type OpenObserved, type TargetFlags } from "../events/observed.ts";
import { addSelection, chosen, type SelectionFlags } from "./selection.ts";

interface Flags extends TargetFlags, SelectionFlags {
  readonly toBroker?: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function redriveCommand(io: Io, open: OpenObserved): Command {
  return addSelection(addTarget(new Command("redrive").description("send dead letters to their trigger's subscriber again")))
    .argument("[names...]", "as dlq list prints them")
    .option("--to-broker <name>", "publish them to this broker, under new ids")
    .option("--rate <n>", "events per second", rate, DEFAULT_REDRIVE_RATE)
    .option("--dry-run", "say what would be sent, and where")
    .option("--json", "print one JSON object a line")
    .action(async (names: readonly string[], flags: Flags) => {
      const labelSelector = chosen(names, flags);
      await using observed = await open(io, flags);
      using stop = interruptible();
      const which = labelSelector === undefined ? { names } : { labelSelector };
      const spec = {
        ...which,
        rate: flags.rate,
        dryRun: flags.dryRun === true,
        ...(flags.toBroker === undefined ? {} : { toBroker: flags.toBroker }),
      };
      let failed = 0;
      for await (const line of observed.lines<RedriveLine | RedriveSummary>(redriveKind, { method: "POST", body: { spec } }, stop.signal)) {
        if ("summary" in line) failed = line.summary.failed;
        io.stdout.write(flags.json === true ? `${JSON.stringify(line)}\n` : textOf(io, line, flags.dryRun === true));
      }
      if (failed > 0) throw new UserError(`${failed} could not be redriven; they stay where they are`);
    });
}

function textOf(io: Io, line: RedriveLine | RedriveSummary, isDryRun: boolean): string {
  if ("summary" in line) {
    const { matched, redriven } = line.summary;
    return isDryRun ? `${matched} matched, nothing was sent\n` : `${redriven} of ${matched} redriven\n`;
  }
  const { deadLetter, event, trigger, outcome, detail } = line;
  const colour = outcome === "failed" || outcome === "missing" ? "red" : outcome === "edited" ? "yellow" : "green";
  const subject = [deadLetter, event === undefined ? "" : `(event ${event})`, trigger ? `of ${trigger}` : ""].filter(Boolean).join(" ");
  return `${subject}: ${styled(io, colour, outcome)}${detail === undefined ? "" : `, ${detail}`}\n`;
}
