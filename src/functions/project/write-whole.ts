import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Writes a file that is there whole or as it was; its mode stays, a link is followed. Not a promise: a signal cannot come
 * in between and leave the temporary file behind. @throws the system's error
 */
export function writeWhole(path: string, text: string): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  const target = existing === undefined ? path : realpathSync(path);
  const temporary = `${target}.${process.pid}.partial`;
  try {
    writeFileSync(temporary, text, { flush: true });
    if (existing !== undefined) chmodSync(temporary, existing.mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
