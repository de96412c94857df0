import type { Command } from "commander";
import { createCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { PING_SOURCE } from "../../eventing/refs.ts";
import { resolveSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { dataOf, PING, pingOptions, type PingFlags } from "./flags.ts";

export function pingCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof PING_SOURCE)["object"]>, PingFlags>(kn, {
    kind: PING_SOURCE,
    usage: "NAME --sink SINK",
    description: "Create a ping source",
    nameMissing: "requires the name of the Ping source to create as single argument",
    options: pingOptions(),
    required: ["sink"],
    check: (_name, flags) => void dataOf(flags),
    make: async (context, flags) => ({
      spec: {
        ...(flags.schedule === undefined ? {} : { schedule: flags.schedule }),
        ...dataOf(flags),
        ...withOverrides(undefined, flags),
        sink: await resolveSink(context, flags.sink ?? ""),
      },
    }),
    done: doneText(PING, "created"),
  });
}
