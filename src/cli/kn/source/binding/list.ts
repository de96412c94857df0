import type { Command } from "commander";
import type { SinkBinding } from "../../../../api/sources/sink-binding.ts";
import { nameColumn, sinkColumn, stateColumns } from "../../eventing/columns.ts";
import { listCommandOf } from "../../eventing/commands.ts";
import { SINK_BINDING } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { subjectText } from "./flags.ts";

export function bindingListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: SINK_BINDING,
    description: "List sink bindings",
    path: "kn source binding list",
    columns: (now) => [
      nameColumn(),
      { title: "SUBJECT", cell: ({ spec }) => subjectText(spec.subject ?? {}) },
      sinkColumn<SinkBinding>("SINK", ({ spec }) => spec.sink),
      ...stateColumns(now),
    ],
    empty: "No sink binding found.",
    alias: false,
  });
}
