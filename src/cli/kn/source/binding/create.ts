import type { Command } from "commander";
import type { SinkBinding } from "../../../../api/sources/sink-binding.ts";
import { createCommandOf } from "../../eventing/commands.ts";
import { withOverrides } from "../../eventing/pairs.ts";
import { SINK_BINDING } from "../../eventing/refs.ts";
import { resolveSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { BINDING, bindingOptions, subjectOf, type BindingFlags } from "./flags.ts";

export function bindingCreateCommand(kn: Kn): Command {
  return createCommandOf<SinkBinding, BindingFlags>(kn, {
    kind: SINK_BINDING,
    usage: "NAME --subject SUBJECT --sink SINK",
    description: "Create a sink binding",
    nameMissing: "requires the name of the sink binding to create as single argument",
    options: bindingOptions(),
    required: ["subject", "sink"],
    check: (_name, { subject = "" }) => void subjectOf(subject, ""),
    make: async (context, flags) => ({
      spec: {
        subject: subjectOf(flags.subject ?? "", context.namespace),
        ...withOverrides(undefined, flags),
        sink: await resolveSink(context, flags.sink ?? ""),
      },
    }),
    done: doneText(BINDING, "created"),
  });
}
