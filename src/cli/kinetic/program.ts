import { Command } from "commander";
import { addCompletion } from "../shared/completion.ts";
import type { Io } from "../shared/io.ts";
import { packageVersion } from "../shared/package-version.ts";
import { doctorCommand } from "./doctor.ts";
import { dlqCommand } from "./dlq/command.ts";
import { downCommand } from "./down.ts";
import { envCommand } from "./env.ts";
import { eventsCommand } from "./events/command.ts";
import { kubeconfigCommand } from "./kubeconfig.ts";
import { loadCommand } from "./load/command.ts";
import { resetCommand } from "./reset.ts";
import { statusCommand } from "./status.ts";
import { upCommand } from "./up/command.ts";

/** `kinetic`: the platform on this machine. */
export function kineticProgram(io: Io): Command {
  const program = new Command("kinetic")
    .description("Serverless on your own machine: the Knative APIs, served by one process.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .showSuggestionAfterError(true);
  for (const make of [upCommand, statusCommand, downCommand, resetCommand, kubeconfigCommand, envCommand, doctorCommand, loadCommand]) {
    program.addCommand(make(io));
  }
  program.addCommand(eventsCommand(io));
  program.addCommand(dlqCommand(io));
  program.addCommand(new Command("func").description("create, build, deploy and run functions")); // main hands it over
  addCompletion(program, { io });
  return program;
}
