import type { Command } from "commander";
import { deleteCommandOf } from "../../eventing/commands.ts";
import { CONTAINER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { CONTAINER } from "./flags.ts";

export function containerDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: CONTAINER_SOURCE,
    description: "Delete a container source",
    nameMissing: "requires the name of the source as single argument",
    done: doneText(CONTAINER, "deleted"),
  });
}
