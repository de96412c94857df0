import type { Command } from "commander";
import { deleteCommandOf } from "../../eventing/commands.ts";
import { API_SERVER_SOURCE } from "../../eventing/refs.ts";
import type { Kn } from "../../kn.ts";
import { doneText } from "../group.ts";
import { API_SERVER } from "./flags.ts";

export function apiServerDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: API_SERVER_SOURCE,
    description: "Delete an api-server source",
    nameMissing: "requires the name of the source as single argument",
    done: doneText(API_SERVER, "deleted"),
  });
}
