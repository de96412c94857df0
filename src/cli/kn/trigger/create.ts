import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { createCommandOf } from "../eventing/commands.ts";
import { TRIGGER } from "../eventing/refs.ts";
import { resolveSink } from "../eventing/sink.ts";
import type { Kn } from "../kn.ts";
import { filtersOf, triggerOptions, type TriggerFlags } from "./flags.ts";

export function triggerCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof TRIGGER)["object"]>, TriggerFlags>(kn, {
    kind: TRIGGER,
    usage: "NAME --sink SINK",
    description: "Create a trigger",
    nameMissing: "'trigger create' requires the name of the trigger",
    options: triggerOptions(),
    required: ["sink"],
    check(name, flags) {
      try {
        filtersOf(flags.filter ?? []);
      } catch (error) {
        throw new UserError(`cannot create trigger '${name}' because ${(error as Error).message}`);
      }
    },
    async make(context, { broker = "default", filter = [], sink = "" }) {
      const subscriber = await resolveSink(context, sink);
      const attributes = filtersOf(filter);
      return { spec: { broker, ...(filter.length === 0 ? {} : { filter: { attributes } }), subscriber } };
    },
    failed: (name, namespace, why) => `cannot create trigger '${name}' in namespace '${namespace}' because: ${why}`,
    done: (name, namespace) => `Trigger '${name}' successfully created in namespace '${namespace}'.\n`,
  });
}
