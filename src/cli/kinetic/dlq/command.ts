import { Command } from "commander";
import type { Io } from "../../shared/io.ts";
import { openObserved } from "../events/observed.ts";
import { editCommand } from "./edit.ts";
import { listCommand } from "./list.ts";
import { purgeCommand } from "./purge.ts";
import { redriveCommand } from "./redrive.ts";
import { showCommand } from "./show.ts";

export function dlqCommand(io: Io, open = openObserved): Command {
  const command = new Command("dlq").description("dead letters: look at them, mend them, send them again");
  for (const make of [listCommand, showCommand, editCommand, redriveCommand, purgeCommand]) command.addCommand(make(io, open));
  return command;
}
