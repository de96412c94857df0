import { Command } from "commander";
import type { Io } from "../../shared/io.ts";
import { openObserved } from "./observed.ts";
import { replayCommand } from "./replay.ts";
import { sendCommand } from "./send.ts";
import { showCommand } from "./show.ts";
import { tailCommand } from "./tail.ts";

export function eventsCommand(io: Io, open = openObserved): Command {
  const command = new Command("events").description("look at events, send one, replay some");
  for (const make of [tailCommand, showCommand, sendCommand, replayCommand]) command.addCommand(make(io, open));
  return command;
}
