import type { Command } from "commander";
import { deleteCommandOf } from "../../eventing/commands.ts";
import { PING_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { PING } from "./flags.ts";

export function pingDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: PING_SOURCE,
    description: "Delete a ping source",
    nameMissing: "requires the name of the Ping source to delete as single argument",
    done: doneText(PING, "deleted"),
  });
}
