/** What a platform leaves on its machine: processes, ports, files. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { parseIdentity } from "../../src/control/node/drivers/process/identity.ts";
import type { RunningPlatform } from "../../src/cli/kinetic/running.ts";

export interface Sandbox {
  readonly pid: number;
  /** The run of the platform that started it. */
  readonly instance: string;
  readonly pod: string;
}

/** Processes that platforms of a data directory have started (Linux). */
export async function sandboxesOf(dataDir: string): Promise<Sandbox[]> {
  const found: Sandbox[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
    const identity = parseIdentity(environment.replaceAll("\0", "\n"));
    if (identity?.directory === dataDir) found.push({ pid: Number(name), instance: identity.instance, pod: identity.pod });
  }
  return found;
}

export function portsOf(running: RunningPlatform): number[] {
  const { apiServer, gateway, internal, registry } = running;
  return [apiServer, gateway, internal, `http://${registry}`].map((url) => Number(new URL(url).port));
}

/** Listens on the port and lets it go; rejects when it is taken. */
export async function takeAndRelease(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
  await once(server, "close");
}

/** A Node of the system that is too old for Kinetic, so that the launcher has to find another; else the one that runs this. */
export function oldestNode(): string {
  const isOld = (path: string) => existsSync(path) && Number(/\d+/.exec(execFileSync(path, ["--version"], { encoding: "utf8" }))) < 26;
  return ["/usr/bin/node", "/usr/local/bin/node"].find(isOld) ?? process.execPath;
}
