import { rename, writeFile } from "node:fs/promises";
import type { RunningPlatform } from "../running.ts";

/** Appears whole or not at all, so that whoever waits for it never reads half of it. */
export async function writeReadyFile(path: string, running: RunningPlatform): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
