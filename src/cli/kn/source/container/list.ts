import type { Command } from "commander";
import type { ContainerSource } from "../../../../api/sources/container-source.ts";
import { nameColumn, sinkColumn, stateColumns } from "../../eventing/columns.ts";
import { listCommandOf } from "../../eventing/commands.ts";
import { CONTAINER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";

export function containerListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: CONTAINER_SOURCE,
    description: "List container sources",
    path: "kn source container list",
    columns: (now) => [
      nameColumn(),
      { title: "IMAGE", cell: ({ spec }) => spec.template?.spec?.containers[0]?.image ?? "" },
      sinkColumn<ContainerSource>("SINK", ({ spec }) => spec.sink),
      ...stateColumns(now),
    ],
    empty: "No Container source found.",
    alias: false,
  });
}
