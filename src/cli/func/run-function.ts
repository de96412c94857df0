import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { abortable } from "../../std/abort.ts";
import { parseGoDuration } from "../../std/duration.ts";
import { localEnv } from "../../functions/deploy/env.ts";
import { startLocal, type LocalFunction } from "../../functions/dev/process.ts";
import type { FunctionConfig } from "../../functions/project/config.ts";
import { announceInstance } from "../../functions/run/instances.ts";
import { UserError } from "../shared/io.ts";
import { chooseAddress } from "./address.ts";
import { envOfFlags } from "./env-flags.ts";
import { addConfirm, addPath, addSwitch, addVerbose, many, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { buildContext, checkBuilder, mustHavePack } from "./local-build.ts";
import { outcomeError } from "./outcome.ts";
import { functionOf } from "./project.ts";
import { settingsOf, type Settings } from "./settings.ts";

const STOP_GRACE_MS = 10_000;
const DEFAULT_START_MS = 60_000;

export function runCommand(func: Func): Command {
  const command = new Command("run")
    .addOption(text("--address <string>", "Address to listen on; 127.0.0.1:8080 or the next port that is free unless given"))
    .addOption(text("--build <string>", "auto, true or false", { default: "auto" }))
    .addOption(text("-b, --builder <string>", "host; pack and s2i need a container engine"))
    .addOption(text("--builder-image <string>", "Not used: the function runs as a process, without an image"))
    .addOption(text("--base-image <string>", "Not used, likewise"))
    .addOption(text("-i, --image <string>", "Not used, likewise"))
    .addOption(text("-r, --registry <string>", "Not used, likewise"))
    .addOption(many("-e, --env <NAME=VALUE>", "Environment variable, NAME- takes one away; may be repeated"))
    .addOption(text("--start-timeout <duration>", "How long the function may take to be ready, e.g. 30s"));
  addSwitch(command, "--json", "Print the address as JSON once it runs");
  return addVerbose(addConfirm(addPath(command))).action(async () => {
    const settings = settingsOf(command, func.io);
    const project = functionOf(func, settings, "run");
    const all = settings.with(project.config);
    checkBuilder(func, all.text("builder"), all.source("builder"));
    const pack = await mustHavePack(func, project);
    const address = await chooseAddress(all.text("address"));
    const folder = await mkdtemp(join(tmpdir(), "kinetic-run-"));
    try {
      func.io.stderr.write("Building function\n");
      const built = await pack.local(buildContext(func, project), folder);
      if (built.kind !== "ok") throw outcomeError(built);
      const env = localEnvironment(func, project.config, all);
      const options = { ...startOptions(func, project.config, all), ...address, env };
      const started = await startLocal(built.value, options, func.signal);
      if (started.kind === "failed") throw new UserError(`the function does not start: ${started.message}`);
      await serve(func, { root: project.root, host: address.host, running: started.running, json: all.isOn("json") });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Of this process, of func.yaml and of the flags; what only a platform can read is named and left out. */
export function localEnvironment({ io }: Func, config: FunctionConfig, settings: Settings): Readonly<Record<string, string | undefined>> {
  const { env, leftOut } = localEnv(envOfFlags(config.run?.envs, settings.list("env")), io.env);
  if (leftOut.length > 0) io.stderr.write(`Note: not set here, because they come from the platform: ${leftOut.join(", ")}\n`);
  return { ...io.env, ...env };
}

/** How it is started and when it counts as ready. */
export function startOptions({ io, clock }: Func, config: FunctionConfig, settings: Settings) {
  const given = settings.text("start-timeout");
  const timeoutMs = given === undefined ? DEFAULT_START_MS : parseGoDuration(given);
  if (timeoutMs === undefined || timeoutMs <= 0)
    throw new UserError(`--start-timeout must be a duration such as 30s, not ${JSON.stringify(given)}`);
  const readinessPath = config.deploy?.healthEndpoints?.readiness ?? "/health/readiness";
  return { clock, timeoutMs, readinessPath, output: (text: string) => void io.stderr.write(text) };
}

interface Serving {
  readonly root: string;
  readonly host: string;
  readonly running: LocalFunction;
  readonly json: boolean;
}

/** Until it is interrupted or the function ends. */
async function serve({ io, signal }: Func, { root, host, running, json }: Serving): Promise<void> {
  const { port, ended } = running;
  await using _ = await announceInstance(root, { host, port, pid: process.pid });
  if (json) io.stdout.write(`${JSON.stringify({ address: `http://${host}:${port}`, host, port: String(port) })}\n`);
  else io.stderr.write(`Function running on ${host}:${port}\n`);
  try {
    const how = await abortable(ended, signal);
    throw new UserError(`the function has ended: ${how}`);
  } finally {
    await running.stop(STOP_GRACE_MS);
  }
}
