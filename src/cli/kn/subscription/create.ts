import type { Command } from "commander";
import type { KReference } from "../../../api/duck/destination.ts";
import { UserError } from "../../shared/io.ts";
import { channelType } from "../eventing/channel-type.ts";
import { createCommandOf, type Making } from "../eventing/commands.ts";
import { SUBSCRIPTION } from "../eventing/refs.ts";
import { text } from "../flags.ts";
import type { Kn } from "../kn.ts";
import { subscriptionOptions, withSinks, type SubscriptionFlags } from "./flags.ts";

export function subscriptionCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof SUBSCRIPTION)["object"]>, SubscriptionFlags>(kn, {
    kind: SUBSCRIPTION,
    usage: "NAME",
    description: "Create a subscription",
    nameMissing: "'kn subscription create' requires the subscription name given as single argument",
    options: [
      text("--channel <string>", "The channel to subscribe to: NAME, ALIAS:NAME such as imc:pipe, or Group:Version:Kind:NAME."),
      ...subscriptionOptions(),
    ],
    check(_name, { channel }) {
      if (!channel) throw new UserError("'kn subscription create' requires the channel reference provided with --channel flag");
    },
    async make(context, flags) {
      return { spec: await withSinks(context, { channel: channelOf(context, flags.channel ?? "") }, flags) };
    },
    done: (name, namespace) => `Subscription '${name}' created in namespace '${namespace}'.\n`,
  });
}

function channelOf({ config }: Making, value: string): KReference {
  const at = value.lastIndexOf(":");
  if (at < 0) return { apiVersion: "messaging.knative.dev/v1", kind: "Channel", name: value };
  const { group, version, kind } = channelType(config, value.slice(0, at));
  return { apiVersion: `${group}/${version}`, kind, name: value.slice(at + 1) };
}
