import type { Command } from "commander";
import { UserError } from "../../shared/io.ts";
import { printerOf } from "../../shared/print-object.ts";
import { DEFINITION, definitionsOf } from "../eventing/definitions.ts";
import { leaf } from "../group.ts";
import { inContext, type Kn } from "../kn.ts";
import { addListFlags, printList, type ListFlags } from "../list.ts";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  InMemoryChannel: "The events are stored in memory",
  KafkaChannel: "The events are stored in Kafka topic",
  NatssChannel: "The events are stored in NATS Streaming",
};

export function channelListTypesCommand(kn: Kn): Command {
  return addListFlags(leaf("list-types", "", "List channel types")).action((_words: string[], flags: ListFlags, self: Command) => {
    printerOf(flags);
    return inContext(kn, self, async (context) => {
      const found = await definitionsOf(context, "messaging.knative.dev/subscribable=true");
      const objects = (found ?? []).filter(({ spec }) => spec.names.kind !== "Channel");
      if (objects.length === 0) throw new UserError("no channels found on the backend, please verify the installation");
      await printList({ ...context, namespace: "-" }, flags, {
        kind: DEFINITION,
        objects,
        columns: [
          { title: "TYPE", cell: ({ spec }) => spec.names.kind },
          { title: "NAME", cell: ({ metadata }) => metadata.name ?? "" },
          { title: "DESCRIPTION", cell: ({ spec }) => DESCRIPTIONS[spec.names.kind] ?? "" },
        ],
        empty: "",
      });
    });
  });
}
