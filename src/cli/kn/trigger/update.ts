import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { updateCommandOf } from "../eventing/commands.ts";
import { TRIGGER } from "../eventing/refs.ts";
import { optionalSink } from "../eventing/sink.ts";
import type { Kn } from "../kn.ts";
import { applyPairs, parsePairs } from "../service/spec/pairs.ts";
import { triggerOptions, type TriggerFlags } from "./flags.ts";

export function triggerUpdateCommand(kn: Kn): Command {
  return updateCommandOf<NonNullable<(typeof TRIGGER)["object"]>, TriggerFlags>(kn, {
    kind: TRIGGER,
    noun: "trigger",
    usage: "NAME",
    description: "Update a trigger",
    nameMissing: "name of trigger required",
    options: triggerOptions(),
    check(name, { broker }) {
      if (broker !== undefined) throw new UserError(`cannot update trigger '${name}' because broker is immutable`);
    },
    async change(context, old, { filter, sink }) {
      const subscriber = (await optionalSink(context, sink)) ?? old.spec.subscriber;
      const attributes = filter === undefined ? undefined : (applyPairs(old.spec.filter?.attributes, parsePairs("filter", filter)) ?? {});
      return {
        ...old,
        spec: {
          ...old.spec,
          ...(attributes === undefined ? {} : { filter: { attributes } }),
          ...(subscriber === undefined ? {} : { subscriber }),
        },
      };
    },
    done: (name, namespace) => `Trigger '${name}' updated in namespace '${namespace}'.\n`,
  });
}
