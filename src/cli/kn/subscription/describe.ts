import type { Command } from "commander";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata } from "../describe.ts";
import { describeCommandOf } from "../eventing/commands.ts";
import { SUBSCRIPTION } from "../eventing/refs.ts";
import { writeSink } from "../eventing/sink.ts";
import type { Kn } from "../kn.ts";

export function subscriptionDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: SUBSCRIPTION,
    description: "Show details of a subscription",
    nameMissing: "'kn subscription describe' requires the subscription name given as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      const { kind = "", name = "", apiVersion = "" } = spec.channel ?? {};
      writeMetadata(sections, metadata, view);
      sections.attribute("Channel", `${kind}:${name} (${apiVersion})`);
      writeSink(sections, "Subscriber", spec.subscriber, metadata.namespace);
      writeSink(sections, "Reply", spec.reply, metadata.namespace);
      writeSink(sections, "DeadLetterSink", spec.delivery?.deadLetterSink, metadata.namespace);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
