import { copyFile, cp, link, lstat, mkdir, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { mkdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { findFolder } from "../../../../images/oci/rooted.ts";
import type { Acceptance, Mount } from "../contract.ts";

/** Where a service account's token goes by convention. Without a mount namespace it is found by `KUBECONFIG` or `KINETIC_VOLUME_*`. */
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** `my-config` -> `KINETIC_VOLUME_MY_CONFIG`: the variable that names a volume's folder on the host. */
export function volumeVariable(volume: string): string {
  return `KINETIC_VOLUME_${volume.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

/** Whether a process finds the mount at its path: the host's /tmp, the token folder, or a place in the program's own folder. */
export function acceptsMount(mount: Mount, programFolders: readonly string[]): Acceptance {
  if (isAlias(mount)) return { kind: "yes" };
  const path = posix.normalize(mount.mountPath);
  const inside = programFolders.find((folder) => folder !== "/" && path.startsWith(`${folder}/`));
  if (inside !== undefined) return { kind: "yes" };
  const places = programFolders.filter((folder) => folder !== "/");
  const where = places.length > 0 ? `below ${places.join(" or ")}` : "at /tmp, or set workingDir and mount it below that";
  const what = `volume "${mount.volume}" is mounted at ${mount.mountPath}, where a process without a container cannot see it`;
  return { kind: "no", reason: "VolumeUnsupported", message: `${what}; mount it ${where}` };
}

/** Mounts that need no view of the tree. */
export function isAlias(mount: Mount): boolean {
  return withoutSlash(mount) === "/tmp" || isTokenFolder(mount);
}

/** A mount of a service account's token. */
export function isTokenFolder(mount: Mount): boolean {
  return withoutSlash(mount) === TOKEN_PATH;
}

function withoutSlash({ mountPath }: Mount): string {
  return posix.normalize(mountPath).replace(/\/$/, "");
}

/**
 * The image's tree with the volumes in their places: folders are real, files are hard links (copies where links are not
 * possible), each mount is a symbolic link. The image itself stays untouched.
 */
export async function makeTreeView(rootfs: string, view: string, mounts: readonly Mount[]): Promise<string> {
  await rm(view, { recursive: true, force: true });
  await linkTree(rootfs, view);
  for (const [index, mount] of mounts.entries()) {
    const target = placeOf(mount, view, mounts.slice(0, index));
    await rm(target, { recursive: true, force: true });
    await symlink(mount.hostPath, target);
  }
  return view;
}

/** Where a mount's link goes: below an earlier mount if it lies there. Links of the image lead nothing out of the view. */
function placeOf({ mountPath }: Mount, view: string, earlier: readonly Mount[]): string {
  const path = posix.normalize(`/${mountPath}`);
  const around = earlier.findLast((mount) => path.startsWith(`${posix.normalize(`/${mount.mountPath}`)}/`));
  const below = around === undefined ? path : path.slice(posix.normalize(`/${around.mountPath}`).length);
  const root = around?.hostPath ?? view;
  const folder = findFolder(root, dirname(below), (missing) => mkdirSync(missing)) ?? root;
  return join(folder, posix.basename(path));
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}

/**
 * A path to the runtime that an unprivileged user can reach: itself, or a link or copy in `folder`. Homes of root
 * are closed to others.
 */
export async function reachableProgram(path: string, folder: string): Promise<string> {
  if (await isOpenToAll(path)) return path;
  const target = join(folder, posix.basename(path));
  if (await sameFile(path, target)) return target;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await rm(target, { force: true });
  await link(path, target).catch(() => cp(path, target, { mode: 0 }));
  return target;
}

async function sameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(a), stat(b).catch(() => undefined)]);
  return second !== undefined && first.size === second.size && (first.ino === second.ino || first.mtimeMs <= second.mtimeMs);
}

/** Whether others may search every folder on the way. */
export async function isOpenToAll(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await lstat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
