import type { Command } from "commander";
import { deleteCommandOf } from "../../eventing/commands.ts";
import { SINK_BINDING } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { BINDING } from "./flags.ts";

export function bindingDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: SINK_BINDING,
    description: "Delete a sink binding",
    nameMissing: "requires the name of the sink binding to delete as single argument",
    done: doneText(BINDING, "deleted"),
  });
}
