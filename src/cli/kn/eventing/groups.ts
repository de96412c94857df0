import type { CommandEntry, GroupEntry } from "../commands.ts";

export const EVENTING = "Eventing Commands:";

const entry = (name: string, description: string, load: CommandEntry["load"]): CommandEntry => ({ name, description, load });

const broker: GroupEntry = {
  name: "broker",
  aliases: ["brokers"],
  description: "Manage message brokers",
  help: EVENTING,
  commands: [
    entry("create", "Create a broker", async (kn) => (await import("../broker/create.ts")).brokerCreateCommand(kn)),
    entry("delete", "Delete a broker", async (kn) => (await import("../broker/delete.ts")).brokerDeleteCommand(kn)),
    entry("describe", "Describe broker", async (kn) => (await import("../broker/describe.ts")).brokerDescribeCommand(kn)),
    entry("list", "List brokers", async (kn) => (await import("../broker/list.ts")).brokerListCommand(kn)),
    entry("update", "Update a broker", async (kn) => (await import("../broker/update.ts")).brokerUpdateCommand(kn)),
  ],
};

const trigger: GroupEntry = {
  name: "trigger",
  aliases: ["triggers"],
  description: "Manage event triggers",
  help: EVENTING,
  commands: [
    entry("create", "Create a trigger", async (kn) => (await import("../trigger/create.ts")).triggerCreateCommand(kn)),
    entry("delete", "Delete a trigger", async (kn) => (await import("../trigger/delete.ts")).triggerDeleteCommand(kn)),
    entry("describe", "Show details of a trigger", async (kn) => (await import("../trigger/describe.ts")).triggerDescribeCommand(kn)),
    entry("list", "List triggers", async (kn) => (await import("../trigger/list.ts")).triggerListCommand(kn)),
    entry("update", "Update a trigger", async (kn) => (await import("../trigger/update.ts")).triggerUpdateCommand(kn)),
  ],
};

const channel: GroupEntry = {
  name: "channel",
  aliases: ["channels"],
  description: "Manage event channels",
  help: EVENTING,
  commands: [
    entry("create", "Create an event channel", async (kn) => (await import("../channel/create.ts")).channelCreateCommand(kn)),
    entry("delete", "Delete a channel", async (kn) => (await import("../channel/delete.ts")).channelDeleteCommand(kn)),
    entry("describe", "Show details of a channel", async (kn) => (await import("../channel/describe.ts")).channelDescribeCommand(kn)),
    entry("list", "List channels", async (kn) => (await import("../channel/list.ts")).channelListCommand(kn)),
    entry("list-types", "List channel types", async (kn) => (await import("../channel/list-types.ts")).channelListTypesCommand(kn)),
  ],
};

const subscription: GroupEntry = {
  name: "subscription",
  aliases: ["subscriptions", "sub"],
  description: "Manage event subscriptions",
  help: EVENTING,
  commands: [
    entry("create", "Create a subscription", async (kn) => (await import("../subscription/create.ts")).subscriptionCreateCommand(kn)),
    entry("delete", "Delete a subscription", async (kn) => (await import("../subscription/delete.ts")).subscriptionDeleteCommand(kn)),
    entry("describe", "Show details of a subscription", async (kn) =>
      (await import("../subscription/describe.ts")).subscriptionDescribeCommand(kn),
    ),
    entry("list", "List subscriptions", async (kn) => (await import("../subscription/list.ts")).subscriptionListCommand(kn)),
    entry("update", "Update an event subscription", async (kn) =>
      (await import("../subscription/update.ts")).subscriptionUpdateCommand(kn),
    ),
  ],
};

const eventType: GroupEntry = {
  name: "eventtype",
  aliases: ["eventtypes"],
  description: "Manage eventtypes",
  help: EVENTING,
  commands: [
    entry("create", "Create eventtype", async (kn) => (await import("../eventtype/create.ts")).eventTypeCreateCommand(kn)),
    entry("delete", "Delete eventtype", async (kn) => (await import("../eventtype/delete.ts")).eventTypeDeleteCommand(kn)),
    entry("describe", "Describe eventtype", async (kn) => (await import("../eventtype/describe.ts")).eventTypeDescribeCommand(kn)),
    entry("list", "List eventtypes", async (kn) => (await import("../eventtype/list.ts")).eventTypeListCommand(kn)),
  ],
};

const apiServer: GroupEntry = {
  name: "apiserver",
  aliases: [],
  description: "Manage Kubernetes api-server sources",
  help: "",
  commands: [
    entry("create", "Create an api-server source", async (kn) =>
      (await import("../source/apiserver/create.ts")).apiServerCreateCommand(kn),
    ),
    entry("delete", "Delete an api-server source", async (kn) =>
      (await import("../source/apiserver/delete.ts")).apiServerDeleteCommand(kn),
    ),
    entry("describe", "Show details of an api-server source", async (kn) =>
      (await import("../source/apiserver/describe.ts")).apiServerDescribeCommand(kn),
    ),
    entry("list", "List api-server sources", async (kn) => (await import("../source/apiserver/list.ts")).apiServerListCommand(kn)),
    entry("update", "Update an api-server source", async (kn) =>
      (await import("../source/apiserver/update.ts")).apiServerUpdateCommand(kn),
    ),
  ],
};

const binding: GroupEntry = {
  name: "binding",
  aliases: [],
  description: "Manage sink bindings",
  help: "",
  commands: [
    entry("create", "Create a sink binding", async (kn) => (await import("../source/binding/create.ts")).bindingCreateCommand(kn)),
    entry("delete", "Delete a sink binding", async (kn) => (await import("../source/binding/delete.ts")).bindingDeleteCommand(kn)),
    entry("describe", "Show details of a sink binding", async (kn) =>
      (await import("../source/binding/describe.ts")).bindingDescribeCommand(kn),
    ),
    entry("list", "List sink bindings", async (kn) => (await import("../source/binding/list.ts")).bindingListCommand(kn)),
    entry("update", "Update a sink binding", async (kn) => (await import("../source/binding/update.ts")).bindingUpdateCommand(kn)),
  ],
};

const container: GroupEntry = {
  name: "container",
  aliases: [],
  description: "Manage container sources",
  help: "",
  commands: [
    entry("create", "Create a container source", async (kn) => (await import("../source/container/create.ts")).containerCreateCommand(kn)),
    entry("delete", "Delete a container source", async (kn) => (await import("../source/container/delete.ts")).containerDeleteCommand(kn)),
    entry("describe", "Show details of a container source", async (kn) =>
      (await import("../source/container/describe.ts")).containerDescribeCommand(kn),
    ),
    entry("list", "List container sources", async (kn) => (await import("../source/container/list.ts")).containerListCommand(kn)),
    entry("update", "Update a container source", async (kn) => (await import("../source/container/update.ts")).containerUpdateCommand(kn)),
  ],
};

const ping: GroupEntry = {
  name: "ping",
  aliases: [],
  description: "Manage ping sources",
  help: "",
  commands: [
    entry("create", "Create a ping source", async (kn) => (await import("../source/ping/create.ts")).pingCreateCommand(kn)),
    entry("delete", "Delete a ping source", async (kn) => (await import("../source/ping/delete.ts")).pingDeleteCommand(kn)),
    entry("describe", "Show details of a ping source", async (kn) => (await import("../source/ping/describe.ts")).pingDescribeCommand(kn)),
    entry("list", "List ping sources", async (kn) => (await import("../source/ping/list.ts")).pingListCommand(kn)),
    entry("update", "Update a ping source", async (kn) => (await import("../source/ping/update.ts")).pingUpdateCommand(kn)),
  ],
};

const source: GroupEntry = {
  name: "source",
  aliases: ["sources"],
  description: "Manage event sources",
  help: EVENTING,
  commands: [
    entry("list", "List event sources", async (kn) => (await import("../source/list.ts")).sourceListCommand(kn)),
    entry("list-types", "List event source types", async (kn) => (await import("../source/list-types.ts")).sourceListTypesCommand(kn)),
  ],
  groups: [apiServer, binding, container, ping],
};

export const EVENTING_GROUPS: readonly GroupEntry[] = [source, broker, trigger, channel, subscription, eventType];
