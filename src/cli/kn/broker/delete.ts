import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import { BROKER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function brokerDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: BROKER,
    description: "Delete a broker",
    nameMissing: "'broker delete' requires the broker name given as single argument",
    waits: "broker delete",
    done: (name, namespace) => `Broker '${name}' successfully deleted in namespace '${namespace}'.\n`,
  });
}
