import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import type { Ports } from "./data-directory.ts";

export type PortName = keyof Ports;

export const DEFAULT_PORTS: Ports = { api: 6443, gateway: 8080, gatewayTls: 8443, internal: 8081, registry: 5001 };

export const PORT_FLAGS: Readonly<Record<PortName, string>> = {
  api: "--api-port",
  gateway: "--gateway-port",
  gatewayTls: "--gateway-tls-port",
  internal: "--internal-port",
  registry: "--registry-port",
};

export interface ChooseOptions {
  /** From the flags; 0 is any. */
  readonly requested: Partial<Ports>;
  /** From an earlier start. */
  readonly saved: Ports | undefined;
}

export type ChooseResult =
  | {
      readonly kind: "ok";
      readonly ports: Ports;
      readonly moved: readonly { readonly name: PortName; readonly from: number; readonly to: number }[];
    }
  | { readonly kind: "taken"; readonly message: string };

/**
 * Ports of a start. Requested and saved ones must be free; a default that is taken moves to the next free one, because
 * nobody relies on it yet.
 */
export async function choosePorts(options: ChooseOptions): Promise<ChooseResult> {
  const ports: Record<PortName, number> = { ...DEFAULT_PORTS };
  const moved: { name: PortName; from: number; to: number }[] = [];
  const used = new Set<number>();
  for (const name of Object.keys(DEFAULT_PORTS) as PortName[]) {
    const wanted = options.requested[name] ?? options.saved?.[name] ?? (name === "gatewayTls" ? anyLikeGateway(options) : undefined);
    const port = wanted === undefined ? await nextFree(DEFAULT_PORTS[name], used) : await exactly(wanted, used);
    if (port === undefined) return { kind: "taken", message: await takenMessage(name, wanted ?? DEFAULT_PORTS[name]) };
    if (wanted === undefined && port !== DEFAULT_PORTS[name]) moved.push({ name, from: DEFAULT_PORTS[name], to: port });
    ports[name] = port;
    used.add(port);
  }
  return { kind: "ok", ports, moved };
}

/** Who takes any port for HTTP gets any for HTTPS, too: several such platforms must not run for one default. */
function anyLikeGateway({ requested }: ChooseOptions): number | undefined {
  return requested.gateway === 0 ? 0 : undefined;
}

async function nextFree(start: number, used: ReadonlySet<number>): Promise<number | undefined> {
  for (let port = start; port < start + 100; port++) if (!used.has(port) && (await tryPort(port)) !== undefined) return port;
  return exactly(0, used);
}

async function exactly(port: number, used: ReadonlySet<number>): Promise<number | undefined> {
  if (port === 0) return anyFree(used);
  return used.has(port) ? undefined : tryPort(port);
}

/** Below the ports that systems give to outgoing connections: one of those may hold a kept port while we are stopped. */
const LASTING = { first: 10_000, end: 20_000, tries: 50 };

async function anyFree(used: ReadonlySet<number>): Promise<number | undefined> {
  for (let tries = 0; tries < LASTING.tries; tries++) {
    const port = randomInt(LASTING.first, LASTING.end);
    if (!used.has(port) && (await tryPort(port)) !== undefined) return port;
  }
  return tryPort(0);
}

export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

/** The port if loopback can listen on it (the chosen one for 0), else undefined. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

async function takenMessage(name: PortName, port: number): Promise<string> {
  const owner = await ownerOf(port);
  return `port ${port} (${PORT_FLAGS[name]}) is taken by ${owner}; stop that, or choose another with ${PORT_FLAGS[name]}`;
}

/** `name (pid N)` of the process that listens on the port or else uses it, as far as this user may see it. */
export async function ownerOf(port: number): Promise<string> {
  const sockets = await socketsOf(port);
  const listening = sockets.filter(({ isListening }) => isListening);
  const inodes = new Set((listening.length > 0 ? listening : sockets).map(({ inode }) => inode));
  for (const pid of inodes.size > 0 ? await pids() : []) {
    if (await holdsAny(pid, inodes)) {
      const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
      return `${name === "" ? "a process" : name} (pid ${pid})`;
    }
  }
  return "another process";
}

interface Socket {
  readonly inode: string;
  readonly isListening: boolean;
}

async function socketsOf(port: number): Promise<Socket[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const sockets: Socket[] = [];
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const inode = fields[9] ?? "0";
      if (fields[1]?.endsWith(`:${hex}`) && inode !== "0") sockets.push({ inode, isListening: fields[3] === "0A" });
    }
  }
  return sockets;
}

async function pids(): Promise<string[]> {
  return (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
}

async function holdsAny(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}
