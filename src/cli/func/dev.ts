import { Command } from "commander";
import { hostname, userInfo } from "node:os";
import { readIgnore } from "../../functions/project/ignore.ts";
import { joinGateway, type Joined } from "../../functions/dev/join.ts";
import { openInspectorPort, type InspectorPort } from "../../functions/dev/inspector.ts";
import { freePort, startLocal } from "../../functions/dev/process.ts";
import { DevProxy } from "../../functions/dev/proxy.ts";
import { RequestRecorder } from "../../functions/dev/recorder.ts";
import { DevSession, type DevEvent } from "../../functions/dev/session.ts";
import { watchFunction } from "../../functions/dev/watch.ts";
import { loadProject, type Project } from "../../functions/project/project.ts";
import type { LocalProgram } from "../../functions/build/contract.ts";
import { announceInstance } from "../../functions/run/instances.ts";
import { styled, UserError } from "../shared/io.ts";
import { chooseAddress } from "./address.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { addPath, addSwitch, addVerbose, many, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { buildContext, checkBuilder, mustHavePack } from "./local-build.ts";
import { kubeconfigAtHand } from "./platform-at-hand.ts";
import { functionOf } from "./project.ts";
import { localEnvironment, startOptions } from "./run-function.ts";
import { settingsOf, type Settings } from "./settings.ts";

const DEFAULT_INSPECT_PORT = 9229;
/** For requests that come before the first build is done. */
const PATIENCE_MS = 60_000;

export function devCommand(func: Func): Command {
  const command = new Command("dev")
    .description(
      [
        "Run a function on this machine, again after each save",
        "The newest code that runs answers. It is also reached at the gateway of the platform, as NAME-dev, as long as this command runs.",
        `\tFrom the folder of a function:\n\t${func.name} dev`,
        `\tWithout a platform, with a port for a debugger:\n\t${func.name} dev --standalone --inspect`,
      ].join("\n\n"),
    )
    .addOption(text("--address <string>", "Address to listen on; 127.0.0.1:8080 or the next port that is free unless given"))
    .addOption(many("-e, --env <NAME=VALUE>", "Environment variable, NAME- takes one away; may be repeated"))
    .addOption(text("--inspect [port]", `Port for a debugger, ${DEFAULT_INSPECT_PORT} unless given; it stays the same across reloads`))
    .addOption(text("--start-timeout <duration>", "How long the function may take to be ready, e.g. 30s"))
    .addOption(text("-n, --namespace <string>", "Namespace of the route at the gateway"));
  addSwitch(command, "--standalone", "Do not join a platform");
  return addVerbose(addPath(command)).action(async () => {
    const settings = settingsOf(command, func.io);
    const project = functionOf(func, settings, "dev");
    const all = settings.with(project.config);
    checkBuilder(func, all.text("builder"), all.source("builder"));
    await new DevLoop(func, all, project).run();
  });
}

/** One run of `func dev`: proxy, watcher, session and route, each owned here. */
class DevLoop {
  readonly #func: Func;
  readonly #settings: Settings;
  readonly #project: Project;

  constructor(func: Func, settings: Settings, project: Project) {
    this.#func = func;
    this.#settings = settings;
    this.#project = project;
  }

  async run(): Promise<void> {
    const { clock, signal, io } = this.#func;
    const { root } = this.#project;
    const pack = await mustHavePack(this.#func, this.#project);
    const address = await chooseAddress(this.#settings.text("address"));
    await using stack = new AsyncDisposableStack();
    const recorder = new RequestRecorder(root, clock);
    const proxy = stack.use(await DevProxy.listen({ ...address, clock, recorder, patienceMs: PATIENCE_MS }));
    stack.use(await announceInstance(root, { host: address.host, port: proxy.port, pid: process.pid }));
    const inspector = await this.#inspector(stack);
    const session = new DevSession({
      clock,
      pack,
      context: buildContext(this.#func, this.#project),
      proxy,
      start: (program, ended) => this.#start(program, inspector, ended),
      tell: (event) => this.#tell(event),
    });
    stack.use(await watchFunction({ root, clock, ignored: await readIgnore(root), onChange: (paths) => this.#changed(session, paths) }));
    io.stderr.write(`Function at http://${address.host}:${proxy.port}\n`);
    if (inspector !== undefined) io.stderr.write(`Debugger at 127.0.0.1:${inspector.port}\n`);
    const running = session.run(signal);
    await Promise.all([running, this.#join(proxy.port)]);
  }

  /** A func.yaml that is wrong is told; one that is right counts from the next start of the command on. */
  #changed(session: DevSession, paths: readonly string[]): void {
    if (paths.includes("func.yaml")) {
      const loaded = loadProject(this.#project.root);
      if (loaded.kind === "invalid") this.#func.io.stderr.write(`${loaded.message}\n`);
    }
    session.changed();
  }

  async #start(program: LocalProgram, inspector: InspectorPort | undefined, signal: AbortSignal) {
    const { config } = this.#currentProject();
    const env = localEnvironment(this.#func, config, this.#settings);
    const options = { ...startOptions(this.#func, config, this.#settings), env };
    if (inspector === undefined) return startLocal(program, options, signal);
    const port = await freePort();
    const [node = "", ...args] = program.argv;
    const started = await startLocal({ ...program, argv: [node, `--inspect=127.0.0.1:${port}`, ...args] }, options, signal);
    if (started.kind === "ready") inspector.lead(port);
    return started;
  }

  #currentProject(): Project {
    const loaded = loadProject(this.#project.root);
    return loaded.kind === "ok" ? loaded.project : this.#project;
  }

  async #inspector(stack: AsyncDisposableStack): Promise<InspectorPort | undefined> {
    const asked = this.#settings.text("inspect");
    if (asked === undefined || asked === "false") return undefined;
    const { runtime } = this.#project.config;
    if (runtime !== "node" && runtime !== "typescript")
      throw new UserError(`--inspect is for node and typescript functions, not for ${runtime}`);
    const port = asked === "true" ? DEFAULT_INSPECT_PORT : Number(asked);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UserError(`--inspect must be a port, not ${JSON.stringify(asked)}`);
    return stack.use(
      await openInspectorPort(port).catch(() => {
        throw new UserError(`port ${port} is in use; choose another with --inspect=PORT`);
      }),
    );
  }

  /** Without a cluster of the user's a platform is started; where that fails the loop goes on by itself, and says why. */
  async #join(port: number): Promise<void> {
    const { io, clock, signal, name: program } = this.#func;
    if (this.#settings.isOn("standalone")) return;
    try {
      const join = async ({ client, namespace }: ClusterContext) => {
        const { name } = this.#project.config;
        const holder = `${userInfo().username}@${hostname()}/${process.pid}`;
        const joined: Joined = await joinGateway({ client, clock, namespace, name, port, holder });
        io.stderr.write(`Also at ${styled(io, "cyan", joined.url)}\n`);
        await joined.hold(signal);
      };
      await withCluster(this.#func, this.#settings, join, await kubeconfigAtHand(this.#func));
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      io.stderr.write(`Note: not at a gateway (${why}); 'kinetic up' starts a platform, '${program} dev --standalone' needs none\n`);
    }
  }

  #tell(event: DevEvent): void {
    const { io } = this.#func;
    const write = (style: Parameters<typeof styled>[1], line: string) => io.stderr.write(`${styled(io, style, line)}\n`);
    switch (event.kind) {
      case "building":
        return void (event.isFirst && write("dim", "Building"));
      case "ready":
        return void write("green", `${event.isFirst ? "Ready" : "Reloaded"} in ${Math.round(event.elapsedMs)} ms`);
      case "failed":
        return void write(
          "red",
          `${event.problem}\n${event.isServing ? "The code from before goes on answering." : "Nothing answers yet."}`,
        );
      case "ended":
        return void write("red", `The function has ended: ${event.how}. Save a change to start it again.`);
    }
  }
}
