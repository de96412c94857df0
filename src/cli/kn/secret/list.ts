import type { Command } from "commander";
import { nameColumn } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import type { Kn } from "../kn.ts";
import { SECRET } from "./create.ts";

export function secretListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: SECRET,
    description: "List secrets",
    path: "kn secret list",
    columns: () => [nameColumn(), { title: "TYPE", cell: ({ type }) => type ?? "" }],
    empty: "No secret found.",
  });
}
