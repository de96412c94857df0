import type { Command } from "commander";
import { deleteCommandOf } from "../eventing/commands.ts";
import type { Kn } from "../kn.ts";
import { SECRET } from "./create.ts";

export function secretDeleteCommand(kn: Kn): Command {
  return deleteCommandOf(kn, {
    kind: SECRET,
    description: "Delete secret",
    nameMissing: "'secret delete' requires the secret name given as single argument",
    done: () => "",
  });
}
