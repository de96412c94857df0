import type { SecurityRequest } from "../contract.ts";

/** What container engines give by default: enough for package managers and servers on low ports. */
const DEFAULT = [
  ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "SETFCAP"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE"],
];

/** Given when somebody asks to add all: those that stay inside of the container's namespaces. */
const ADDABLE = [...DEFAULT, "NET_ADMIN", "NET_BROADCAST", "IPC_LOCK", "IPC_OWNER", "LEASE", "SYS_NICE", "SYS_PTRACE", "SYS_TTY_CONFIG"];

/** Capabilities of a container, `CAP_` and all. */
export function capabilitiesOf({ addCapabilities = [], dropCapabilities = [] }: SecurityRequest): readonly string[] {
  const add = addCapabilities.map(bare);
  const drop = dropCapabilities.map(bare);
  const wanted = new Set(drop.includes("ALL") ? [] : DEFAULT.filter((name) => !drop.includes(name)));
  for (const name of add.includes("ALL") ? ADDABLE : add) if (!drop.includes(name)) wanted.add(name);
  return Array.from(wanted, (name) => `CAP_${name}`);
}

/** Those of the additions that would let the container out, or that nobody knows. */
export function refusedCapabilities({ addCapabilities = [] }: SecurityRequest): readonly string[] {
  return addCapabilities.map(bare).filter((name) => name !== "ALL" && !ADDABLE.includes(name));
}

function bare(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}
