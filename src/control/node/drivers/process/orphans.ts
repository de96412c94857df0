import type { Identity } from "./identity.ts";
import { findSandboxes, type Found } from "./process-table.ts";
import { kill, killGroup } from "./spawner.ts";

const POLL_MS = 10;
const POLLS = 300;

/** What belongs to an earlier run on the same data directory. */
export function orphansAmong(found: readonly Found[], self: Pick<Identity, "directory" | "instance">): readonly Found[] {
  return found.filter(({ identity }) => identity.directory === self.directory && identity.instance !== self.instance);
}

/** Ends them and waits until they are gone. Resolves with the number of sandboxes (process groups with a pod). */
export async function sweepOrphans(
  self: Pick<Identity, "directory" | "instance">,
  wait: (delayMs: number) => Promise<void>,
): Promise<number> {
  const groups = new Set<number>();
  for (let poll = 0; poll < POLLS; poll++) {
    const orphans = orphansAmong(await findSandboxes(), self);
    if (orphans.length === 0) break;
    for (const { pid, group, identity } of orphans) {
      if (identity.pod !== "") groups.add(group);
      // A group that still has its platform's number could be somebody else's by now; the process itself is surely ours.
      if (orphans.some((other) => other.pid === group)) killGroup(group, "SIGKILL");
      kill(pid, "SIGKILL");
    }
    await wait(POLL_MS);
  }
  return groups.size;
}
