import type { Command } from "commander";
import { ageColumn, nameColumn, readyColumn } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import { EVENT_TYPE } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function eventTypeListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: EVENT_TYPE,
    description: "List eventtypes",
    path: "kn eventtype list",
    columns: (now) => [
      nameColumn(),
      { title: "TYPE", cell: ({ spec }) => spec.type ?? "" },
      { title: "SOURCE", cell: ({ spec }) => spec.source ?? "" },
      { title: "REFERENCE", cell: ({ spec }) => spec.reference?.name ?? spec.broker ?? "" },
      ageColumn(now),
      readyColumn(),
    ],
    empty: "No eventtypes found.",
  });
}
