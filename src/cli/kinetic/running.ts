import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DataDirectory, defaultDataDirectory } from "../../app/data-directory.ts";
import type { Running } from "../../app/platform.ts";
import { createClient } from "../../client/client.ts";
import { kubeconfigPaths, loadKubeconfig } from "../../client/kubeconfig/load.ts";
import type { Client } from "../../client/types.ts";
import { UserError, type Io } from "../shared/io.ts";
import { connectionTransport } from "../shared/transport.ts";

/** What `kinetic up` writes to `--ready-file` and into the data directory while it runs. */
export type RunningPlatform = Running;

/** Absolute, because it also names the platform in the environment of its sandboxes. */
export function dataDirectoryOf(io: Io, flag: string | undefined): DataDirectory {
  return new DataDirectory(resolve(io.cwd, flag ?? defaultDataDirectory(io.env)));
}

/** The platform that runs on this data directory; undefined when none does. */
export async function findRunning(directory: DataDirectory): Promise<RunningPlatform | undefined> {
  const running = await directory.announced<RunningPlatform>();
  return running !== undefined && (await isOurs(running)) ? running : undefined;
}

/** The process id may belong to somebody else by now: it counts only while its command line is a platform's. */
async function isOurs(running: RunningPlatform): Promise<boolean> {
  try {
    process.kill(running.pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const commandLine = await readFile(`/proc/${running.pid}/cmdline`, "utf8").catch(() => "");
  return /kinetic/.test(commandLine) && commandLine.split("\0").includes("up");
}

export async function requireRunning(directory: DataDirectory): Promise<RunningPlatform> {
  const running = await findRunning(directory);
  if (running === undefined) throw new UserError(`no platform runs on ${directory.path}; start one with: kinetic up`);
  return running;
}

/** A client of the API server of a running platform, as its administrator. Dispose to close. */
export function connect(running: Pick<RunningPlatform, "kubeconfig">): { readonly client: Client } & AsyncDisposable {
  const loaded = loadKubeconfig({ paths: kubeconfigPaths({}, running.kubeconfig) });
  if (loaded.kind !== "ok") throw new UserError(`the kubeconfig ${running.kubeconfig} cannot be used`);
  const connection = connectionTransport(loaded.connection);
  return {
    client: createClient({ transport: connection.transport, userAgent: "kinetic" }),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
