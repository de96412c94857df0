import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Platform } from "../../../app/platform.ts";
import { UserError, type Io } from "../../shared/io.ts";
import type { RunningPlatform } from "../running.ts";
import { detach, type Started } from "./detach.ts";
import { checkFlags, domain, platformOptions, port, type UpFlags } from "./options.ts";
import { Progress } from "./progress.ts";
import { runSample } from "./sample.ts";
import { untilStopped } from "./signals.ts";
import { summary } from "./summary.ts";
import { writeWhole } from "./write-whole.ts";

export function upCommand(io: Io): Command {
  return new Command("up")
    .description("start the platform and stay in the foreground; Ctrl-C stops it")
    .option("--data-dir <folder>", "where it keeps its data (default: XDG state folder)")
    .option("--api-port <port>", "HTTPS port of the Kubernetes API (default 6443; 0 is any)", port)
    .option("--gateway-port <port>", "HTTP port of your services (default 8080)", port)
    .option("--gateway-tls-port <port>", "HTTPS port of your services (default 8443)", port)
    .option("--internal-port <port>", "HTTP port of cluster-local hosts (default 8081)", port)
    .option("--registry-port <port>", "HTTP port of the image registry (default 5001)", port)
    .option("--domain <name>", "suffix of the services' host names (default localhost)", domain)
    .addOption(new Option("--profile <name>", "conformant: no parked instances, no process driver").choices(["default", "conformant"]))
    .option("--detach", "start in the background and return once it is usable")
    .option("--ephemeral", "keep nothing: data in a temporary folder that goes with the platform")
    .option("--ready-file <file>", "write addresses as one JSON object to this file once it is usable")
    .option("--sample", "deploy the sample service and call it")
    .addOption(new Option("--log-level <level>", "what goes to the log file").choices(["debug", "info", "warn", "error"]))
    .addOption(new Option("--started-file <file>", "for --detach: where to tell that everything asked for is done").hideHelp())
    .action((flags: UpFlags) => {
      checkFlags(flags);
      return flags.detach === true ? detach(io, flags) : up(io, flags);
    });
}

async function up(io: Io, flags: UpFlags): Promise<void> {
  const stop = untilStopped();
  if (flags.readyFile !== undefined) await rm(flags.readyFile, { force: true }); // of a run that was killed
  const progress = new Progress(io);
  const ephemeral = flags.ephemeral === true ? await mkdtemp(join(tmpdir(), "kinetic-")) : undefined;
  try {
    const options = platformOptions(io, flags, ephemeral);
    // Loaded here, so that `kinetic --help` and the other commands start without it.
    const { startPlatform } = await import("../../../app/platform.ts");
    const started = await startPlatform(options, (phase) => progress.phase(phase));
    if (started.kind === "refused") throw new UserError(started.message);
    await run(io, flags, { platform: started.platform, progress, stop });
  } finally {
    stop[Symbol.dispose]();
    if (ephemeral !== undefined) await rm(ephemeral, { recursive: true, force: true });
  }
}

interface Run {
  readonly platform: Platform;
  readonly progress: Progress;
  readonly stop: ReturnType<typeof untilStopped>;
}

async function run(io: Io, flags: UpFlags, { platform, progress, stop }: Run): Promise<void> {
  await using _ending = {
    [Symbol.asyncDispose]: async () => {
      progress.note("stopping");
      await platform[Symbol.asyncDispose]();
      progress.note("stopped");
    },
  };
  const running: RunningPlatform = platform.running;
  for (const { name, from, to } of platform.movedPorts) progress.note(`port ${from} is taken: the ${name} port is ${to}, from now on`);
  io.stdout.write(summary(io, running, progress.elapsedMs));
  await using _announced = await announce(flags.readyFile, running);
  const sampleFailure = flags.sample === true ? await sample(io, flags, platform, stop.signal) : undefined;
  if (flags.startedFile !== undefined && !stop.signal.aborted) {
    await writeWhole(flags.startedFile, { running, ...(sampleFailure === undefined ? {} : { sampleFailure }) } satisfies Started);
  }
  const failure = await Promise.race([stop.stopped, platform.failed]);
  if (failure instanceof Error) throw new UserError(`the gateway has ended: ${failure.message}`);
}

/** The ready file is there exactly while the platform is usable. */
async function announce(readyFile: string | undefined, running: RunningPlatform): Promise<AsyncDisposable> {
  if (readyFile !== undefined) await writeWhole(readyFile, running);
  return {
    [Symbol.asyncDispose]: async () => {
      if (readyFile !== undefined) await rm(readyFile, { force: true });
    },
  };
}

/**
 * Why the sample does not run, for whoever waits for the start in the background; in the foreground that ends the platform.
 * A sample that a stop interrupts is not an error.
 */
async function sample(io: Io, flags: UpFlags, platform: Platform, stop: AbortSignal): Promise<string | undefined> {
  try {
    await runSample(io, platform, stop);
    return undefined;
  } catch (error) {
    if (stop.aborted) return undefined;
    if (flags.startedFile === undefined || !(error instanceof UserError)) throw error;
    return error.message;
  }
}
