import type { Command } from "commander";
import { Sections } from "../../../shared/sections.ts";
import { writeConditions } from "../../conditions.ts";
import { writeMetadata } from "../../describe.ts";
import { describeCommandOf } from "../../eventing/commands.ts";
import { labelsText } from "../../eventing/labels.ts";
import { API_SERVER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { writeDestination } from "../group.ts";

export function apiServerDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: API_SERVER_SOURCE,
    description: "Show details of an api-server source",
    nameMissing: "'kn source apiserver describe' requires name of the source as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      sections.attribute("ServiceAccountName", spec.serviceAccountName ?? "").attribute("EventMode", spec.mode ?? "");
      writeDestination(sections.line(), spec, metadata.namespace);
      sections.line().attribute("Resources", "");
      for (const { kind = "", apiVersion = "", selector } of spec.resources ?? []) {
        sections.attribute("Kind", `${kind} (${apiVersion})`, 2);
        if (labelsText(selector) !== "") sections.attribute("Selector", labelsText(selector), 2);
      }
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
