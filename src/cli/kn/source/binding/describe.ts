import type { Command } from "commander";
import type { BindingSubject } from "../../../../api/sources/sink-binding.ts";
import { Sections } from "../../../shared/sections.ts";
import { writeConditions } from "../../conditions.ts";
import { writeMetadata } from "../../describe.ts";
import { describeCommandOf } from "../../eventing/commands.ts";
import { SINK_BINDING } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { writeDestination } from "../group.ts";

const NESTED = 2;

export function bindingDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: SINK_BINDING,
    description: "Show details of a sink binding",
    nameMissing: "'kn source binding describe' requires name of the sink binding as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      writeSubject(sections, spec.subject ?? {}, metadata.namespace);
      writeDestination(sections, spec, metadata.namespace);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}

function writeSubject(sections: Sections, subject: BindingSubject, namespace: string | undefined): void {
  const { name, kind = "", apiVersion = "", selector } = subject;
  sections.attribute("Subject", "");
  if (subject.namespace && subject.namespace !== namespace) sections.attribute("Namespace", subject.namespace, NESTED);
  if (name) sections.attribute("Name", name, NESTED);
  sections.attribute("Resource", `${kind} (${apiVersion})`, NESTED);
  const labels = Object.entries(selector?.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (selector !== undefined) sections.attribute("Selector", "", NESTED);
  for (const [key, value] of labels) sections.attribute(key, value, NESTED + NESTED);
}
