import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ContainerExit } from "../drivers/contract.ts";
import { tailText } from "../logs/log-reader.ts";

/** A kubelet's limits. */
const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_BYTES = 2048;
const MAX_LOG_LINES = 80;

export interface EndSources {
  /** Where the program may have left its last words. */
  readonly messagePath: string;
  readonly logPath: string;
}

/**
 * The termination message: what the program wrote for it, else, if it failed, the end of its log. That is said whatever
 * the policy: a process cannot write below /dev, so `File` alone would mean silence.
 */
export async function endMessage({ exitCode }: ContainerExit, sources: EndSources): Promise<string | undefined> {
  const written = await readEnd(sources.messagePath);
  if (written !== "" || exitCode === 0) return written || undefined;
  const text = await tailText(sources.logPath, MAX_LOG_LINES);
  return text === "" ? undefined : text.slice(-MAX_LOG_BYTES);
}

/** The end of a file; "" when it is none. Links are not followed: a program must not make us read for it. */
async function readEnd(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const entry = await file.stat();
    if (!entry.isFile()) return "";
    const start = Math.max(0, entry.size - MAX_MESSAGE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_MESSAGE_BYTES), 0, MAX_MESSAGE_BYTES, start);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } catch {
    return "";
  }
}
