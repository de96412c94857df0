import type { Command } from "commander";
import type { Client } from "../../client/types.ts";
import type { Clock } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";
import type { Io } from "../shared/io.ts";

/** What the commands of `kn` are made with. Tests pass streams in memory, a clock and a connection of their own. */
export interface Kn {
  readonly io: Io;
  /** The program's own name in texts. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  connect(flags: GlobalFlags): Promise<Session>;
  /** Runs a program on our own streams; the result is its exit code. */
  exec(path: string, args: readonly string[]): Promise<number>;
  /** Of the kubeconfig's context, when there is one; `default` otherwise. */
  namespace(flags: GlobalFlags): Promise<string>;
}

/** A connection to one cluster as one user. */
export interface Session extends AsyncDisposable {
  readonly client: Client;
  /** Of the kubeconfig's context. */
  readonly namespace: string;
}

export interface GlobalFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly config?: string;
  readonly pluginsDir?: string;
  readonly logHttp?: boolean;
}

export interface NamespaceFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

export interface TargetFlags {
  /** A folder or a file to work on in place of a cluster. */
  readonly target?: string;
}

/** What a command runs with: the parts of `Kn`, a client and the namespace that the flags chose ("" is all of them). */
export interface Context extends Pick<Kn, "io" | "name" | "clock" | "random" | "signal"> {
  readonly client: Client;
  readonly namespace: string;
  /** Whether files stand in for a cluster: nothing gets ready, so nothing is waited for. */
  readonly offline: boolean;
}

/** Connects, runs and closes the connection. */
export async function inContext(kn: Kn, command: Command, run: (context: Context) => Promise<void>): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & NamespaceFlags & TargetFlags>();
  const offline = flags.target !== undefined && flags.target !== "";
  await using session = offline ? await filesAsSession(kn, flags) : await kn.connect(flags);
  const namespace = flags.allNamespaces === true ? "" : (flags.namespace ?? session.namespace);
  const { io, name, clock, random, signal } = kn;
  await run({ io, name, clock, random, signal, client: session.client, namespace, offline });
}

async function filesAsSession(kn: Kn, flags: GlobalFlags & TargetFlags): Promise<Session> {
  const { fileClient } = await import("./service/target/file-client.ts");
  const namespace = await kn.namespace(flags);
  return { client: fileClient(flags.target ?? ""), namespace, [Symbol.asyncDispose]: async () => {} };
}
