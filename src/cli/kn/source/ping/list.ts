import type { Command } from "commander";
import type { PingSource } from "../../../../api/sources/ping-source.ts";
import { nameColumn, sinkColumn, stateColumns } from "../../eventing/columns.ts";
import { listCommandOf } from "../../eventing/commands.ts";
import { PING_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";

export function pingListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: PING_SOURCE,
    description: "List ping sources",
    path: "kn source ping list",
    columns: (now) => [
      nameColumn(),
      { title: "SCHEDULE", cell: ({ spec }) => spec.schedule ?? "" },
      sinkColumn<PingSource>("SINK", ({ spec }) => spec.sink),
      ...stateColumns(now),
    ],
    empty: "No Ping source found.",
    alias: false,
  });
}
