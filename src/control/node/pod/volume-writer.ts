import { chmod, chown, lchown, mkdir, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { filesRevision, type VolumeFile } from "./volumes.ts";

/** A folder that a pod may fill itself. */
export async function makeEmptyDir(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
}

/**
 * Brings a folder in line with `files`, so that readers see either all old or all new content: the files are written
 * beside, and one rename of the link `..data` switches over. Does nothing when the content is there already.
 * The files belong to whom the folder belongs.
 */
export async function writeVolume(folder: string, files: readonly VolumeFile[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const revision = `..${filesRevision(files, "all")}`;
  if (await exists(join(folder, revision))) return;
  const { uid, gid } = await stat(folder);
  const partial = join(folder, `${revision}.partial`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  for (const file of files) await writeOne(partial, file, { uid, gid });
  await rename(partial, join(folder, revision));
  await replaceLink(revision, join(folder, "..data"));
  await linkNames(folder, files);
  await removeOld(folder, revision);
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function writeOne(folder: string, { path, data, mode }: VolumeFile, owner: Owner): Promise<void> {
  const target = join(folder, posix.normalize(`/${path}`));
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await writeFile(target, data, { mode });
  await chmod(target, mode);
  if (process.getuid?.() === 0) await chown(target, owner.uid, owner.gid);
}

async function replaceLink(target: string, path: string): Promise<void> {
  const temporary = `${path}_tmp`;
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, path);
}

/** `settings.json` -> `..data/settings.json`, one link for each name at the top. */
async function linkNames(folder: string, files: readonly VolumeFile[]): Promise<void> {
  const names = new Set(files.map(({ path }) => posix.normalize(`/${path}`).split("/")[1] ?? ""));
  for (const name of await readdir(folder)) {
    if (!name.startsWith("..") && !names.has(name)) await rm(join(folder, name), { force: true });
  }
  for (const name of names) await symlink(join("..data", name), join(folder, name)).catch(ignoreExisting);
}

async function removeOld(folder: string, current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\.\.[0-9a-f]{16}/.test(name) && name !== current) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Gives a volume to the user that runs the container; files of theirs in it stay as they are. */
export async function giveVolume(folder: string, uid: number, gid: number): Promise<void> {
  const entry = await stat(folder).catch(() => undefined);
  if (entry === undefined || (entry.uid === uid && entry.gid === gid)) return;
  await lchown(folder, uid, gid);
  for (const child of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (child.isFile() || child.isDirectory()) await lchown(join(child.parentPath, child.name), uid, gid);
  }
}
