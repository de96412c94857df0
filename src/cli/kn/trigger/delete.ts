import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import { TRIGGER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function triggerDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: TRIGGER,
    description: "Delete a trigger",
    nameMissing: "'trigger delete' requires the name of the trigger as single argument",
    done: (name, namespace) => `Trigger '${name}' deleted in namespace '${namespace}'.\n`,
  });
}
