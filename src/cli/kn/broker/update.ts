import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { updateCommandOf } from "../eventing/commands.ts";
import { deliveryOptions, hasDeliveryFlags, withDelivery, type DeliveryFlags } from "../eventing/delivery-flags.ts";
import { BROKER } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function brokerUpdateCommand(kn: Kn): Command {
  return updateCommandOf<NonNullable<(typeof BROKER)["object"]>, DeliveryFlags>(kn, {
    kind: BROKER,
    noun: "broker",
    usage: "NAME",
    description: "Update a broker",
    nameMissing: "'broker update' requires the broker name given as single argument",
    options: deliveryOptions(),
    check(_name, flags, command) {
      if (hasDeliveryFlags(flags)) return;
      kn.io.stderr.write(`${command.helpInformation()}\n`);
      throw new UserError("flag(s) not set");
    },
    async change(context, old, flags) {
      const delivery = await withDelivery(context, old.spec.delivery, flags);
      return { ...old, spec: { ...old.spec, ...(delivery === undefined ? {} : { delivery }) } };
    },
    done: (name, namespace) => `Broker '${name}' updated in namespace '${namespace}'.\n`,
  });
}
