import { rm } from "node:fs/promises";

/** A second in all: a program or a start that was given up may still write for a moment. */
const RETRIES = { maxRetries: 10, retryDelay: 20 };

/**
 * Removes a file or folder of ours with everything in it. Never rejects: that some folder stays must not end the platform, and the
 * next start of the agent removes what did.
 */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, ...RETRIES }).catch(() => {});
}
