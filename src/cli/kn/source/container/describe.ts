import type { Command } from "commander";
import { Sections } from "../../../shared/sections.ts";
import { writeConditions } from "../../conditions.ts";
import { writeMetadata, writeValues } from "../../describe.ts";
import { describeCommandOf } from "../../eventing/commands.ts";
import { CONTAINER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { writeDestination } from "../group.ts";

export function containerDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: CONTAINER_SOURCE,
    description: "Show details of a container source",
    nameMissing: "'kn source container describe' requires name of the source as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      const [container] = spec.template?.spec?.containers ?? [];
      sections.attribute("Image", container?.image ?? "");
      const env = (container?.env ?? []).map(({ name, value = "" }) => `${name}=${value}`);
      writeValues(sections, { key: "Env", values: env, verbose: view.verbose });
      writeDestination(sections.line(), spec, metadata.namespace);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}
