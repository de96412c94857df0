import { Command } from "commander";
import { addCompletion } from "../shared/completion.ts";
import { commandTree, isHidden } from "../shared/command-tree.ts";
import { completeNames } from "./complete-names.ts";
import { globalOptions } from "./global-flags.ts";
import { commandGroup } from "./group.ts";
import { formatHelp } from "./help.ts";
import type { Kn } from "./kn.ts";
import { optionsCommand } from "./options.ts";
import { revisionDeleteCommand } from "./revision/delete.ts";
import { revisionDescribeCommand } from "./revision/describe.ts";
import { revisionListCommand } from "./revision/list.ts";
import { routeDescribeCommand } from "./route/describe.ts";
import { routeListCommand } from "./route/list.ts";
import { serviceApplyCommand } from "./service/apply.ts";
import { serviceCreateCommand } from "./service/create.ts";
import { serviceDeleteCommand } from "./service/delete.ts";
import { serviceDescribeCommand } from "./service/describe.ts";
import { serviceListCommand } from "./service/list.ts";
import { serviceUpdateCommand } from "./service/update.ts";
import { serviceWaitCommand } from "./service/wait.ts";
import { unknownCommand } from "./suggest.ts";
import { versionCommand } from "./version.ts";

const SERVING = "Serving Commands:";
const OTHER = "Other Commands:";

const SERVICE_COMMANDS = [
  serviceApplyCommand,
  serviceCreateCommand,
  serviceDeleteCommand,
  serviceDescribeCommand,
  serviceListCommand,
  serviceUpdateCommand,
  serviceWaitCommand,
];

/** `kn`: services, revisions and routes of any cluster that has Knative's APIs. */
export function knProgram(kn: Kn): Command {
  const program = new Command(kn.name)
    .description(`${kn.name} is the command line interface for managing Knative Serving and Eventing resources`)
    .argument("[words...]")
    .action((words: string[]) => {
      if (words[0] === undefined) kn.io.stdout.write(formatHelp(program));
      else throw unknownCommand(program, words[0]);
    });
  const service = commandGroup(
    "service",
    "Manage Knative services",
    SERVICE_COMMANDS.map((make) => make(kn)),
  );
  const revision = commandGroup("revision", "Manage service revisions", [
    revisionDeleteCommand(kn),
    revisionDescribeCommand(kn),
    revisionListCommand(kn),
  ]);
  const route = commandGroup("route", "List and describe service routes", [routeDescribeCommand(kn), routeListCommand(kn)]);
  program.addCommand(service.aliases(["ksvc", "services"]).helpGroup(SERVING));
  program.addCommand(revision.aliases(["revisions"]).helpGroup(SERVING));
  program.addCommand(route.aliases(["routes"]).helpGroup(SERVING));
  addCompletion(program, { io: kn.io, values: completeNames(kn) });
  program.commands.find((command) => command.name() === "completion")?.helpGroup(OTHER);
  program.addCommand(versionCommand(kn).helpGroup(OTHER));
  program.addCommand(optionsCommand(kn), { hidden: true });
  for (const command of commandTree(program)) prepare(command, kn);
  return program;
}

/** What every command has in common: global flags anywhere, our help, errors as exceptions without a word of commander's own. */
function prepare(command: Command, kn: Kn): void {
  const isProtocol = isHidden(command) && command.name().startsWith("__complete");
  if (!isProtocol) for (const option of globalOptions()) command.addOption(option);
  command
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption(isProtocol ? false : "-h, --help")
    .showSuggestionAfterError(false)
    .allowExcessArguments()
    .configureHelp({ formatHelp })
    .configureOutput({ writeOut: (text) => void kn.io.stdout.write(text), writeErr: () => {} })
    .exitOverride();
}
