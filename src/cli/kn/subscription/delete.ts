import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import { SUBSCRIPTION } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function subscriptionDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: SUBSCRIPTION,
    description: "Delete a subscription",
    nameMissing: "'kn subscription delete' requires the subscription name as single argument",
    done: (name, namespace) => `Subscription '${name}' deleted in namespace '${namespace}'.\n`,
  });
}
