import type { Command } from "commander";
import type { SinkBinding } from "../../../../api/sources/sink-binding.ts";
import { updateCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { SINK_BINDING } from "../../eventing/refs.ts";
import { optionalSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { BINDING, bindingOptions, subjectOf, type BindingFlags } from "./flags.ts";

export function bindingUpdateCommand(kn: Kn): Command {
  return updateCommandOf<SinkBinding, BindingFlags>(kn, {
    kind: SINK_BINDING,
    noun: "sink binding",
    usage: "NAME",
    description: "Update a sink binding",
    nameMissing: "requires the name of the sink binding to update as single argument",
    options: bindingOptions(),
    async change(context, old, flags) {
      const { ceOverrides, ...kept } = old.spec;
      const sink = await optionalSink(context, flags.sink);
      return {
        ...old,
        spec: {
          ...kept,
          ...(flags.subject === undefined ? {} : { subject: subjectOf(flags.subject, context.namespace) }),
          ...withOverrides(ceOverrides, flags),
          ...(sink === undefined ? {} : { sink }),
        },
      };
    },
    done: doneText(BINDING, "updated"),
  });
}
