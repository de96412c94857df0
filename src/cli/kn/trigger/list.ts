import type { Command } from "commander";
import { nameColumn, sinkColumn, stateColumns } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import { TRIGGER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function triggerListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: TRIGGER,
    description: "List triggers",
    path: "kn trigger list",
    columns: (now) => [
      nameColumn(),
      { title: "BROKER", cell: ({ spec }) => spec.broker ?? "" },
      sinkColumn("SINK", ({ spec }) => spec.subscriber),
      ...stateColumns(now),
    ],
    empty: "No triggers found.",
  });
}
