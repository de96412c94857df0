import type { Clock } from "../../../std/clock.ts";
import type { Sandbox } from "./sandbox.ts";

/** SIGTERM, the grace period, SIGKILL of whole groups; then the folder and ports are released. */
export async function endSandbox(sandbox: Sandbox, graceMs: number, clock: Clock): Promise<void> {
  const containers = [...sandbox.running.values()];
  for (const container of containers) container.signal("SIGTERM");
  const timer = clock.setTimer(graceMs, () => containers.forEach((container) => container.signal("SIGKILL")));
  await Promise.all(containers.map(({ exited }) => exited));
  timer[Symbol.dispose]();
  sandbox.running.clear();
  await sandbox[Symbol.asyncDispose]();
}
