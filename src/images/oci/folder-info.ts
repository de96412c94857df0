import { execFile } from "node:child_process";
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "../../std/clock.ts";

/** What `info.json` of an image says; its time of change is the last use of the image. */
export interface ImageInfo {
  /** Names of layers' folders. */
  readonly layers: readonly string[];
  /** Of all layers. */
  readonly bytes: number;
  readonly notes: readonly string[];
  readonly rootfs: string;
}

const DURABLE = "durable";
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

export function folderName(digest: string): string {
  return digest.replace(":", "-");
}

/** The end of the name of what is being deleted. */
export const TRASH = ".gone.partial";

/** Half of a folder must not be taken for a whole one. Resolves with the name that it has while it is being deleted. */
export async function outOfSight(path: string): Promise<string> {
  const trash = `${path}${TRASH}`;
  await rm(trash, { recursive: true, force: true });
  await rename(path, trash);
  return trash;
}

export function digestOfFolder(name: string): string {
  return name.replace("-", ":");
}

/** undefined when there is none, or half of one. */
export async function readInfo<T>(folder: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "info.json"), "utf8")) as T;
  } catch {
    return undefined;
  }
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

export async function markUsed(folder: string, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  await utimes(join(folder, "info.json"), now, now).catch(() => {});
}

/** Epoch milliseconds; 0 when nobody knows. */
export async function lastUse(folder: string): Promise<number> {
  return stat(join(folder, "info.json")).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Names this boot of the machine; undefined where the system does not tell. */
export async function currentBoot(): Promise<string | undefined> {
  return readFile(BOOT_ID, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Whether a power cut may have taken what was written to the folder: the name of a file outlives its content. */
export async function mayBeLost(folder: string, bootId: string | undefined): Promise<boolean> {
  const info = await readInfo<{ readonly bootId?: string }>(folder);
  if (info === undefined) return true;
  const isDurable = await stat(join(folder, DURABLE)).then(
    () => true,
    () => false,
  );
  return !isDurable && (bootId === undefined || info.bootId !== bootId);
}

/** Thousands of files are synced by one call for all, behind the back of whoever starts the image. Where that fails they stay doubtful. */
export async function makeDurable(folder: string): Promise<void> {
  try {
    await promisify(execFile)("sync", process.platform === "linux" ? ["-f", folder] : []);
    await writeFile(join(folder, DURABLE), "");
  } catch {
    // gone meanwhile, or a system without the program: it is unpacked again after the next boot
  }
}
