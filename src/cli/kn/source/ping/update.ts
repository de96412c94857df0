import type { Command } from "commander";
import type { PingSource } from "../../../../api/sources/ping-source.ts";
import { updateCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { PING_SOURCE } from "../../eventing/refs.ts";
import { optionalSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { dataOf, PING, pingOptions, type PingFlags } from "./flags.ts";

export function pingUpdateCommand(kn: Kn): Command {
  return updateCommandOf<PingSource, PingFlags>(kn, {
    kind: PING_SOURCE,
    noun: "ping source",
    usage: "NAME",
    description: "Update a ping source",
    nameMissing: "name of Ping source required",
    options: pingOptions(),
    check: (_name, flags) => void dataOf(flags),
    async change(context, old, flags) {
      const { ceOverrides, data, dataBase64, ...kept } = old.spec;
      const sink = await optionalSink(context, flags.sink);
      const before = { ...(data === undefined ? {} : { data }), ...(dataBase64 === undefined ? {} : { dataBase64 }) };
      return {
        ...old,
        spec: {
          ...kept,
          ...(flags.data === undefined ? before : dataOf(flags)),
          ...(flags.schedule === undefined ? {} : { schedule: flags.schedule }),
          ...withOverrides(ceOverrides, flags),
          ...(sink === undefined ? {} : { sink }),
        },
      };
    },
    done: doneText(PING, "updated"),
  });
}
