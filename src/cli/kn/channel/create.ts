import type { Command } from "commander";
import { channelType } from "../eventing/channel-type.ts";
import { createCommandOf } from "../eventing/commands.ts";
import { CHANNEL } from "../eventing/refs.ts";
import { text } from "../flags.ts";
import type { Kn } from "../kn.ts";

interface ChannelFlags {
  readonly type?: string;
}

export function channelCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof CHANNEL)["object"]>, ChannelFlags>(kn, {
    kind: CHANNEL,
    usage: "NAME",
    description: "Create an event channel",
    nameMissing: "'kn channel create' requires the channel name given as single argument",
    options: [
      text("--type <string>", "Override channel type to create, in the format '--type Group:Version:Kind', or an alias such as 'imc'."),
    ],
    async make({ config }, { type }) {
      if (type === undefined) return { spec: {} };
      const { group, version, kind } = channelType(config, type);
      return { spec: { channelTemplate: { apiVersion: `${group}/${version}`, kind } } };
    },
    done: (name, namespace) => `Channel '${name}' created in namespace '${namespace}'.\n`,
  });
}
