import type { Command } from "commander";
import type { Subscription } from "../../../api/messaging/subscription.ts";
import { nameColumn, readyColumn, reasonColumn, sinkColumn } from "../eventing/columns.ts";
import { listCommandOf } from "../eventing/commands.ts";
import { SUBSCRIPTION } from "../eventing/refs.ts";
import type { Kn } from "../kn.ts";

export function subscriptionListCommand(kn: Kn): Command {
  return listCommandOf(kn, {
    kind: SUBSCRIPTION,
    description: "List subscriptions",
    path: "kn subscription list",
    columns: () => [
      nameColumn(),
      { title: "CHANNEL", cell: ({ spec }) => `${spec.channel?.kind ?? ""}:${spec.channel?.name ?? ""}` },
      sinkColumn<Subscription>("SUBSCRIBER", ({ spec }) => spec.subscriber),
      sinkColumn<Subscription>("REPLY", ({ spec }) => spec.reply),
      sinkColumn<Subscription>("DEAD LETTER SINK", ({ spec }) => spec.delivery?.deadLetterSink),
      readyColumn(),
      reasonColumn(),
    ],
    empty: "No subscriptions found.",
  });
}
