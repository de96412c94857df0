import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readdir, readlink, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { filesRevision, type VolumeFile } from "./volumes.ts";

// A start from zero waits for these files. They are few and small, so each call takes microseconds, while a turn through
// the thread pool takes a millisecond on a busy machine: what a start waits for is synchronous, tidying up is not.

/** A folder that a pod may fill itself. */
export function makeEmptyDir(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
}

const DATA = "..data";
const REVISION = /^\.\.[0-9a-f]{16}-\d+$/;
let written = 0;

/**
 * Brings a folder in line with `files`, so that readers see either all old or all new content: the files are written
 * beside, and one rename of the link `..data` switches over. Does nothing when the content is there already.
 * The files belong to whom the folder belongs. `removeOldRevisions` tidies up.
 */
export function writeVolume(folder: string, files: readonly VolumeFile[]): void {
  const revision = `..${filesRevision(files, "all")}`;
  const current = currentRevision(folder);
  if (current === undefined) mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (current?.startsWith(`${revision}-`) === true) return;
  const name = `${revision}-${written++}`; // never used twice: an old one may be under removal
  const owner = statSync(folder);
  mkdirSync(join(folder, name));
  for (const file of files) writeOne(join(folder, name), file, owner);
  switchTo(folder, name);
  linkNames(folder, files);
}

/** Removes what earlier writes left behind. */
export async function removeOldRevisions(folder: string): Promise<void> {
  const current = await readlink(join(folder, DATA)).catch(() => undefined);
  const names = await readdir(folder).catch(() => []);
  const old = current === undefined ? [] : names.filter((name) => REVISION.test(name) && name !== current);
  await Promise.all(old.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function currentRevision(folder: string): string | undefined {
  try {
    return readlinkSync(join(folder, DATA));
  } catch {
    return undefined;
  }
}

function writeOne(folder: string, { path, data, mode }: VolumeFile, owner: Owner): void {
  const inside = posix.normalize(`/${path}`);
  if (dirname(inside) !== "/") mkdirSync(join(folder, dirname(inside)), { recursive: true, mode: 0o755 });
  const file = openSync(join(folder, inside), "w", mode);
  try {
    writeFileSync(file, data);
    fchmodSync(file, mode); // past the umask
    if (process.getuid?.() === 0) fchownSync(file, owner.uid, owner.gid);
  } finally {
    closeSync(file);
  }
}

function switchTo(folder: string, name: string): void {
  const temporary = join(folder, `${DATA}_tmp`);
  try {
    symlinkSync(name, temporary);
  } catch {
    rmSync(temporary, { force: true }); // of a switch that was interrupted
    symlinkSync(name, temporary);
  }
  renameSync(temporary, join(folder, DATA));
}

/** `settings.json` -> `..data/settings.json`, one link for each name at the top. */
function linkNames(folder: string, files: readonly VolumeFile[]): void {
  const names = new Set(files.map(({ path }) => posix.normalize(`/${path}`).split("/")[1] ?? ""));
  for (const name of readdirSync(folder)) {
    if (!name.startsWith("..") && !names.delete(name)) rmSync(join(folder, name), { force: true });
  }
  for (const name of names) symlinkSync(join(DATA, name), join(folder, name));
}

const WRITTEN_MODE = 0o755;
const PRIVATE_MODE = 0o700;

/**
 * Gives a volume to the user that runs the container, and to nobody else: it may hold a Secret or a token. A second user of
 * the same pod opens it again for all, because both must read it.
 */
export function giveVolume(folder: string, uid: number, gid: number): void {
  const entry = statSync(folder, { throwIfNoEntry: false });
  if (entry === undefined || (entry.uid === uid && entry.gid === gid)) return;
  const mode = entry.mode & 0o777;
  if (entry.isDirectory() && mode === PRIVATE_MODE) return chmodSync(folder, WRITTEN_MODE);
  lchownSync(folder, uid, gid);
  if (!entry.isDirectory()) return;
  if (mode === WRITTEN_MODE) chmodSync(folder, PRIVATE_MODE);
  for (const child of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (child.isFile() || child.isDirectory()) lchownSync(join(child.parentPath, child.name), uid, gid);
  }
}
