import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import { EVENT_TYPE } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function eventTypeDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: EVENT_TYPE,
    description: "Delete eventtype",
    nameMissing: "'eventtype delete' requires the eventtype name given as single argument",
    done: (name, namespace) => `Eventtype '${name}' successfully deleted in namespace '${namespace}'.\n`,
  });
}
