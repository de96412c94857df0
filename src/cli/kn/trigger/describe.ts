import type { Command } from "commander";
import type { SubscriptionsFilter } from "../../../api/eventing/filters.ts";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata } from "../describe.ts";
import { describeCommandOf } from "../eventing/commands.ts";
import { TRIGGER } from "../eventing/refs.ts";
import { writeSink } from "../eventing/sink.ts";
import type { Kn } from "../kn.ts";

const NESTED = 2;

export function triggerDescribeCommand(kn: Kn): Command {
  return describeCommandOf(kn, {
    kind: TRIGGER,
    description: "Show details of a trigger",
    nameMissing: "'kn trigger describe' requires name of the trigger as single argument",
    write({ metadata, spec, status }, view) {
      const sections = new Sections();
      writeMetadata(sections, metadata, view);
      sections.attribute("Broker", spec.broker ?? "");
      const attributes = Object.entries(spec.filter?.attributes ?? {}).toSorted(byKey);
      if (attributes.length > 0) sections.attribute("Filter", "");
      for (const [key, value] of attributes) sections.attribute(key, value, NESTED);
      if ((spec.filters?.length ?? 0) > 0) sections.attribute("Filters (experimental)", "");
      for (const filter of spec.filters ?? []) writeFilter(sections, filter, NESTED);
      writeSink(sections.line(), "Sink", spec.subscriber, metadata.namespace);
      writeConditions(sections.line(), status?.conditions, view);
      return sections.toString();
    },
  });
}

function writeFilter(sections: Sections, filter: SubscriptionsFilter, indent: number): void {
  for (const dialect of ["exact", "prefix", "suffix"] as const) {
    const attributes = Object.entries(filter[dialect] ?? {}).toSorted(byKey);
    if (attributes.length > 0) sections.attribute(dialect, "", indent);
    for (const [key, value] of attributes) sections.attribute(key, value, indent + NESTED);
  }
  for (const dialect of ["all", "any"] as const) {
    if (filter[dialect] === undefined) continue;
    sections.attribute(dialect, "", indent);
    for (const inner of filter[dialect]) writeFilter(sections, inner, indent + NESTED);
  }
  if (filter.not !== undefined) writeFilter(sections.attribute("not", "", indent), filter.not, indent + NESTED);
  if (filter.cesql) sections.attribute("cesql", filter.cesql, indent);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
