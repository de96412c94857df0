import type { Command } from "commander";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata } from "../describe.ts";
import { describeCommandOf } from "../eventing/commands.ts";
import { BROKER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function brokerDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: BROKER,
    description: "Describe broker",
    nameMissing: "'broker describe' requires the broker name given as single argument",
    verbose: false,
    url: ({ status }) => status?.address?.url ?? "",
    write({ metadata, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      sections
        .line()
        .attribute("Address", "")
        .attribute("URL", status?.address?.url ?? "", 2);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
