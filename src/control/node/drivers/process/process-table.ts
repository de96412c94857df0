import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { parseIdentity, type Identity } from "./identity.ts";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

const run = promisify(execFile);
const isLinux = process.platform === "linux";
const PAGE_BYTES = 4096;

/** Every process that the system shows us. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  if (!isLinux) return listWithPs();
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(async (pid) => parseStat(await readText(`/proc/${pid}/stat`))));
  return entries.filter((entry) => entry !== undefined);
}

/** `pid (name) state ppid pgrp ...`; the name may contain anything, even parentheses. */
export function parseStat(text: string): ProcessEntry | undefined {
  const close = text.lastIndexOf(")");
  if (close < 0) return undefined;
  const [, state, parent, group] = /^\) (\S) (-?\d+) (-?\d+)/.exec(text.slice(close)) ?? [];
  if (state === undefined || state === "Z" || state === "X") return undefined;
  return { pid: Number.parseInt(text, 10), parent: Number(parent), group: Number(group) };
}

async function listWithPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await run("ps", ["-axo", "pid=,ppid=,pgid="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
}

/** The members of a sandbox: the group of its leader and all their descendants, whatever group those chose. */
export function membersOf(leader: number, processes: readonly ProcessEntry[]): readonly number[] {
  const members = new Set(processes.filter(({ pid, group }) => pid === leader || group === leader).map(({ pid }) => pid));
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parent } of processes) {
      if (members.has(pid) || !members.has(parent)) continue;
      members.add(pid);
      grew = true;
    }
  }
  return [...members];
}

/** Resident bytes of one process. `shared` false counts shared pages by share (slower, exact). */
export async function residentBytes(pid: number, shared: boolean): Promise<number> {
  if (!isLinux) {
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]).catch(() => ({ stdout: "0" }));
    return Number(stdout.trim()) * 1024;
  }
  if (shared) return Number((await readText(`/proc/${pid}/statm`)).split(" ")[1] ?? 0) * PAGE_BYTES;
  const match = /^Pss:\s+(\d+) kB/m.exec(await readText(`/proc/${pid}/smaps_rollup`));
  return match === null ? residentBytes(pid, true) : Number(match[1]) * 1024;
}

/** Ports on which the processes listen; undefined where the system does not tell. */
export async function listeningPortsOf(pids: readonly number[]): Promise<readonly number[] | undefined> {
  if (!isLinux) return undefined;
  const inodes = new Set((await Promise.all(pids.map(socketInodes))).flat());
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readText));
  const ports = tables.flatMap((table) => parseListening(table)).filter(({ inode }) => inodes.has(inode));
  return [...new Set(ports.map(({ port }) => port))].toSorted((a, b) => a - b);
}

const LISTEN = "0A";

export function parseListening(table: string): { readonly port: number; readonly inode: string }[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => ({ port: Number.parseInt(fields[1]?.split(":")[1] ?? "0", 16), inode: fields[9] ?? "" }));
}

async function socketInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

export interface Found extends ProcessEntry {
  readonly identity: Identity;
}

/** Processes that carry one of our identities. Those of other users are invisible, and not ours to end. */
export async function findSandboxes(): Promise<readonly Found[]> {
  if (!isLinux) return findWithPs();
  const processes = await listProcesses();
  const found = await Promise.all(
    processes.map(async (entry) => {
      const identity = parseIdentity(await readText(`/proc/${entry.pid}/environ`));
      return identity === undefined ? undefined : { ...entry, identity };
    }),
  );
  return found.filter((entry) => entry !== undefined);
}

async function findWithPs(): Promise<readonly Found[]> {
  const { stdout } = await run("ps", ["-axEwwo", "pid=,ppid=,pgid=,command="], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split("\n").flatMap((line) => {
    const identity = parseIdentity(line);
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/, 3).map(Number);
    return identity === undefined ? [] : [{ pid, parent, group, identity }];
  });
}

function readText(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
