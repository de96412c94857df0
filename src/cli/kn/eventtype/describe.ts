import type { Command } from "commander";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata } from "../describe.ts";
import { describeCommandOf } from "../eventing/commands.ts";
import { EVENT_TYPE } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function eventTypeDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: EVENT_TYPE,
    description: "Describe eventtype",
    nameMissing: "'eventtype describe' requires the eventtype name given as single argument",
    verbose: false,
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      sections.attribute("Type", spec.type ?? "").attribute("Source", spec.source ?? "");
      if (spec.reference !== undefined) {
        sections
          .line()
          .attribute("Reference", "")
          .attribute("APIVersion", spec.reference.apiVersion ?? "", 2);
        sections.attribute("Kind", spec.reference.kind ?? "", 2).attribute("Name", spec.reference.name ?? "", 2);
      }
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
