import type { Command } from "commander";
import { Sections } from "../../../shared/sections.ts";
import { writeConditions } from "../../conditions.ts";
import { writeMetadata } from "../../describe.ts";
import { describeCommandOf } from "../../eventing/commands.ts";
import { PING_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { writeDestination } from "../group.ts";

export function pingDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: PING_SOURCE,
    description: "Show details of a ping source",
    nameMissing: "'kn source ping describe' requires name of the source as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      sections.attribute("Schedule", spec.schedule ?? "");
      if (spec.dataBase64) sections.attribute("DataBase64", spec.dataBase64);
      else sections.attribute("Data", spec.data ?? "");
      writeDestination(sections.line(), spec, metadata.namespace);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
