import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { kubeconfigPaths, loadKubeconfig } from "../../client/kubeconfig/load.ts";
import { dataDirectoryOf, findRunning } from "../kinetic/running.ts";
import { UserError } from "../shared/io.ts";
import type { Func } from "./func.ts";

const KINETIC = fileURLToPath(new URL("../../../bin/kinetic.js", import.meta.url));

/**
 * The kubeconfig to use when the user has none: that of the platform of this machine, which is started in the background if it does
 * not run. Undefined: the user has one. @throws UserError when none can be started
 */
export async function kubeconfigAtHand({ io }: Func): Promise<string | undefined> {
  if (loadKubeconfig({ paths: kubeconfigPaths(io.env) }).kind !== "none") return undefined;
  const directory = dataDirectoryOf(io, undefined);
  const running = (await findRunning(directory)) ?? (await started(io, directory));
  return running.kubeconfig;
}

async function started(io: Func["io"], directory: ReturnType<typeof dataDirectoryOf>): Promise<{ readonly kubeconfig: string }> {
  io.stderr.write("Starting a platform; 'kinetic down' stops it\n");
  const child = spawn(process.execPath, [KINETIC, "up", "--detach"], { env: { ...io.env }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  const running = code === 0 ? await findRunning(directory) : undefined;
  if (running === undefined) throw new UserError(`no platform could be started: ${said.trim()}`);
  return running;
}
