import type { Command } from "commander";
import type { ApiServerSource } from "../../../../api/sources/api-server-source.ts";
import { createCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { API_SERVER_SOURCE } from "../../eventing/refs.ts";
import { resolveSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { API_SERVER, apiServerOptions, modeAndAccount, resourceOf, type ApiServerFlags } from "./flags.ts";

export function apiServerCreateCommand(kn: Kn): Command {
  return createCommandOf<ApiServerSource, ApiServerFlags>(kn, {
    kind: API_SERVER_SOURCE,
    usage: "NAME --resource RESOURCE --sink SINK",
    description: "Create an api-server source",
    nameMissing: "requires the name of the source to create as single argument",
    options: apiServerOptions(),
    required: ["resource", "sink"],
    check: (_name, { resource }) => void resource?.map(resourceOf),
    make: async (context, flags) => ({
      spec: {
        resources: (flags.resource ?? []).map(resourceOf),
        ...modeAndAccount(flags),
        ...withOverrides(undefined, flags),
        sink: await resolveSink(context, flags.sink ?? ""),
      },
    }),
    done: doneText(API_SERVER, "created"),
  });
}
