import type { Command } from "commander";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata } from "../describe.ts";
import { describeCommandOf } from "../eventing/commands.ts";
import { CHANNEL } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function channelDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: CHANNEL,
    description: "Show details of a channel",
    nameMissing: "'kn channel describe' requires the channel name given as single argument",
    url: ({ status }) => status?.address?.url ?? "",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      const { kind = "", apiVersion = "" } = spec.channelTemplate ?? {};
      sections.attribute("Type", `${kind} (${apiVersion})`);
      sections.attribute("URL", status?.address?.url ?? "");
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
