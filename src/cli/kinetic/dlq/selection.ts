import type { Command } from "commander";
import { DEAD_LETTER_LABELS } from "../../../api/observe/dead-letter.ts";
import { UserError } from "../../shared/io.ts";

/** Which dead letters. */
export interface SelectionFlags {
  readonly trigger?: string;
  readonly broker?: string;
  readonly reason?: string;
  readonly selector?: string;
}

export function addSelection(command: Command): Command {
  return command
    .option("--trigger <name>", "of this trigger")
    .option("--broker <name>", "of this broker")
    .option("--reason <word>", "given up for this reason, e.g. NoSink")
    .option("-l, --selector <labels>", "with these labels, e.g. a=b,c!=d");
}

/** undefined: nothing is selected. */
export function labelSelectorOf({ trigger, broker, reason, selector }: SelectionFlags): string | undefined {
  const terms = Object.entries({ trigger, broker, reason }).flatMap(([key, value]) => {
    return value === undefined ? [] : [`${DEAD_LETTER_LABELS[key as keyof typeof DEAD_LETTER_LABELS]}=${value}`];
  });
  if (selector !== undefined && selector !== "") terms.push(selector);
  return terms.length === 0 ? undefined : terms.join(",");
}

/** @throws UserError unless names or a selector are given, and not both */
export function chosen(names: readonly string[], flags: SelectionFlags): string | undefined {
  const selector = labelSelectorOf(flags);
  if (names.length > 0 && selector !== undefined) throw new UserError("give names or a selector, not both");
  if (names.length === 0 && selector === undefined) {
    throw new UserError("say which: names, or --trigger, --broker, --reason or --selector");
  }
  return selector;
}
