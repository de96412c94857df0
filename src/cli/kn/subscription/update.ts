import type { Command } from "commander";
import { updateCommandOf } from "../eventing/commands.ts";
import { SUBSCRIPTION } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";
import { subscriptionOptions, withSinks, type SubscriptionFlags } from "./flags.ts";

export function subscriptionUpdateCommand(kn: Kn): Command {
  return updateCommandOf<NonNullable<(typeof SUBSCRIPTION)["object"]>, SubscriptionFlags>(kn, {
    kind: SUBSCRIPTION,
    noun: "subscription",
    usage: "NAME",
    description: "Update an event subscription",
    nameMissing: "'kn subscription update' requires the subscription name given as single argument",
    options: subscriptionOptions(),
    change: async (context, old, flags) => ({ ...old, spec: await withSinks(context, old.spec, flags) }),
    done: (name, namespace) => `Subscription '${name}' updated in namespace '${namespace}'.\n`,
  });
}
