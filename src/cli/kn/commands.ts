import type { Command } from "commander";
import { EVENTING_GROUPS } from "./eventing/groups.ts";
import type { Kn } from "./kn.ts";

/** A command that is loaded when it is meant: a command line should not read what it does not run. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  readonly load: (kn: Kn) => Promise<Command>;
}

export interface GroupEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly help: string;
  readonly commands: readonly CommandEntry[];
  /** Groups below this one. */
  readonly groups?: readonly GroupEntry[];
}

const SERVING = "Serving Commands:";
export const OTHER = "Other Commands:";

export const GROUPS: readonly GroupEntry[] = [
  {
    name: "service",
    aliases: ["ksvc", "services"],
    description: "Manage Knative services",
    help: SERVING,
    commands: [
      entry("apply", "Apply a service declaration", async (kn) => (await import("./service/apply.ts")).serviceApplyCommand(kn)),
      entry("create", "Create a service", async (kn) => (await import("./service/create.ts")).serviceCreateCommand(kn)),
      entry("delete", "Delete services", async (kn) => (await import("./service/delete.ts")).serviceDeleteCommand(kn)),
      entry("describe", "Show details of a service", async (kn) => (await import("./service/describe.ts")).serviceDescribeCommand(kn)),
      entry("export", "Export a service and its revisions", async (kn) => (await import("./service/export.ts")).serviceExportCommand(kn)),
      entry("import", "Import a service and its revisions", async (kn) => (await import("./service/import.ts")).serviceImportCommand(kn)),
      entry("list", "List services", async (kn) => (await import("./service/list.ts")).serviceListCommand(kn)),
      entry("update", "Update a service", async (kn) => (await import("./service/update.ts")).serviceUpdateCommand(kn)),
      entry("wait", "Wait for a service to be ready", async (kn) => (await import("./service/wait.ts")).serviceWaitCommand(kn)),
    ],
  },
  {
    name: "revision",
    aliases: ["revisions"],
    description: "Manage service revisions",
    help: SERVING,
    commands: [
      entry("delete", "Delete revisions", async (kn) => (await import("./revision/delete.ts")).revisionDeleteCommand(kn)),
      entry("describe", "Show details of a revision", async (kn) => (await import("./revision/describe.ts")).revisionDescribeCommand(kn)),
      entry("list", "List revisions", async (kn) => (await import("./revision/list.ts")).revisionListCommand(kn)),
    ],
  },
  {
    name: "route",
    aliases: ["routes"],
    description: "List and describe service routes",
    help: SERVING,
    commands: [
      entry("describe", "Show details of a route", async (kn) => (await import("./route/describe.ts")).routeDescribeCommand(kn)),
      entry("list", "List routes", async (kn) => (await import("./route/list.ts")).routeListCommand(kn)),
    ],
  },
  {
    name: "domain",
    aliases: ["domains"],
    description: "Manage domain mappings",
    help: SERVING,
    commands: [
      entry("create", "Create a domain mapping", async (kn) => (await import("./domain/create.ts")).domainCreateCommand(kn)),
      entry("delete", "Delete a domain mapping", async (kn) => (await import("./domain/delete.ts")).domainDeleteCommand(kn)),
      entry("describe", "Show details of a domain mapping", async (kn) => (await import("./domain/describe.ts")).domainDescribeCommand(kn)),
      entry("list", "List domain mappings", async (kn) => (await import("./domain/list.ts")).domainListCommand(kn)),
      entry("update", "Update a domain mapping", async (kn) => (await import("./domain/update.ts")).domainUpdateCommand(kn)),
    ],
  },
  {
    name: "container",
    aliases: ["containers"],
    description: "Manage service's containers (experimental)",
    help: SERVING,
    commands: [entry("add", "Add a container", async (kn) => (await import("./container/add.ts")).containerAddCommand(kn))],
  },
  ...EVENTING_GROUPS,
  {
    name: "secret",
    aliases: ["secrets"],
    description: "Manage secrets",
    help: OTHER,
    commands: [
      entry("create", "Create secret", async (kn) => (await import("./secret/create.ts")).secretCreateCommand(kn)),
      entry("delete", "Delete secret", async (kn) => (await import("./secret/delete.ts")).secretDeleteCommand(kn)),
      entry("list", "List secrets", async (kn) => (await import("./secret/list.ts")).secretListCommand(kn)),
    ],
  },
  {
    name: "plugin",
    aliases: ["plugins"],
    description: "Manage kn plugins",
    help: OTHER,
    commands: [entry("list", "List plugins", async (kn) => (await import("./plugin/list.ts")).pluginListCommand(kn))],
  },
];

function entry(name: string, description: string, load: CommandEntry["load"]): CommandEntry {
  return { name, description, load };
}
