import type { Command } from "commander";
import { ageColumn, nameColumn, readyColumn, reasonColumn } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import { CHANNEL } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function channelListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: CHANNEL,
    description: "List channels",
    path: "kn channel list",
    columns: (now) => [
      nameColumn(),
      { title: "TYPE", cell: ({ spec }) => spec.channelTemplate?.kind ?? "" },
      { title: "URL", cell: ({ status }) => status?.address?.url ?? "" },
      ageColumn(now),
      readyColumn(),
      reasonColumn(),
    ],
    empty: "No channels found.",
  });
}
