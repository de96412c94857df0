import { access, constants, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { runProgram } from "../../network/system.ts";

/** What the machine offers to containers. */
export interface OciFindings {
  /** What is missing, each with how to get it. Empty: containers can run. */
  readonly missing: readonly string[];
  /** What works less well, and why. */
  readonly limits: readonly string[];
  readonly runc: string | undefined;
  readonly overlay: boolean;
  readonly cgroupNamespace: boolean;
}

export interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  readonly searchPath: string;
  /** Folder on the disk where containers will be. */
  readonly folder: string;
}

/** Looks without changing anything that lasts. */
export async function examineOci({ platform, uid, searchPath, folder }: Machine): Promise<OciFindings> {
  const find = (name: string) => findProgram(name, searchPath);
  const [runc, ip, nft, iptables] = await Promise.all([find("runc"), find("ip"), find("nft"), find("iptables")]);
  const isRoot = uid === 0;
  const groups = await readFile("/proc/mounts", "utf8").catch(() => "");
  const missing = [
    ...(platform === "linux" ? [] : [`Linux (this is ${platform})`]),
    ...(isRoot ? [] : ["root (start the platform as root)"]),
    ...(runc === undefined ? ["runc (package runc)"] : []),
    ...(ip === undefined ? ["ip (package iproute2)"] : []),
    ...(platform !== "linux" || / cgroup2? /.test(groups) ? [] : ["control groups (mount /sys/fs/cgroup)"]),
  ];
  const overlay = missing.length === 0 && (await canOverlay(folder));
  const cgroupNamespace = await exists("/proc/self/ns/cgroup");
  const limits = [
    ...(nft === undefined && iptables === undefined ? ["no nft or iptables (package nftables): containers reach no other machines"] : []),
    ...(missing.length > 0 || overlay ? [] : ["no overlay file system on this disk: each container copies its image"]),
  ];
  return { missing, limits, runc, overlay, cgroupNamespace };
}

/** Tries in a mount namespace that ends with the try. */
async function canOverlay(folder: string): Promise<boolean> {
  const place = await mkdtemp(join(await existing(folder), "overlay-")).catch(() => undefined);
  if (place === undefined) return false;
  try {
    const folders = ["lower", "upper", "work", "merged"].map((name) => join(place, name));
    await Promise.all(folders.map((one) => mkdir(one)));
    const [lower, upper, work, merged] = folders as [string, string, string, string];
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await runProgram("unshare", ["-m", "mount", "-t", "overlay", "overlay", "-o", options, merged]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** The folder, or the nearest above it that is there. */
async function existing(folder: string): Promise<string> {
  return (await exists(folder)) ? folder : existing(dirname(folder));
}

/** A program by its name, also where administrators' programs are. */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of [...searchPath.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin"]) {
    if (folder !== "" && (await exists(join(folder, name), constants.X_OK))) return join(folder, name);
  }
  return undefined;
}

function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
