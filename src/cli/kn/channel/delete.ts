import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import { CHANNEL } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function channelDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: CHANNEL,
    description: "Delete a channel",
    nameMissing: "'kn channel delete' requires the channel name as single argument",
    done: (name, namespace) => `Channel '${name}' deleted in namespace '${namespace}'.\n`,
  });
}
