import type { Command } from "commander";
import type { ApiServerSource } from "../../../../api/sources/api-server-source.ts";
import { updateCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { API_SERVER_SOURCE } from "../../eventing/refs.ts";
import { optionalSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { API_SERVER, apiServerOptions, modeAndAccount, withResources, type ApiServerFlags } from "./flags.ts";

export function apiServerUpdateCommand(kn: Kn): Command {
  return updateCommandOf<ApiServerSource, ApiServerFlags>(kn, {
    kind: API_SERVER_SOURCE,
    noun: "ApiServer source",
    usage: "NAME",
    description: "Update an api-server source",
    nameMissing: "requires the name of the source as single argument",
    options: apiServerOptions(),
    async change(context, old, flags) {
      const { ceOverrides, resources = [], ...kept } = old.spec;
      const sink = await optionalSink(context, flags.sink);
      return {
        ...old,
        spec: {
          ...kept,
          resources: withResources(resources, flags.resource ?? []),
          ...modeAndAccount(flags),
          ...withOverrides(ceOverrides, flags),
          ...(sink === undefined ? {} : { sink }),
        },
      };
    },
    done: doneText(API_SERVER, "updated"),
  });
}
