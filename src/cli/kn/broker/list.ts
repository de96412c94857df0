import type { Command } from "commander";
import { nameColumn, stateColumns } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import { BROKER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function brokerListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: BROKER,
    description: "List brokers",
    path: "kn broker list",
    columns: (now) => [nameColumn(), { title: "URL", cell: ({ status }) => status?.address?.url ?? "" }, ...stateColumns(now)],
    empty: "No brokers found.",
  });
}
