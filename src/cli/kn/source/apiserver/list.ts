import type { Command } from "commander";
import type { ApiServerSource } from "../../../../api/sources/api-server-source.ts";
import { nameColumn, sinkColumn, stateColumns } from "../../eventing/columns.ts";
import { listCommandOf } from "../../eventing/commands.ts";
import { API_SERVER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { resourceText } from "./flags.ts";

export function apiServerListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: API_SERVER_SOURCE,
    description: "List api-server sources",
    path: "kn source apiserver list",
    columns: (now) => [
      nameColumn(),
      { title: "RESOURCES", cell: ({ spec }) => (spec.resources ?? []).map(resourceText).join(",") },
      sinkColumn<ApiServerSource>("SINK", ({ spec }) => spec.sink),
      ...stateColumns(now),
    ],
    empty: "No ApiServer source found.",
    alias: false,
  });
}
