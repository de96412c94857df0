import { posix } from "node:path";
import type { ContainerSpec, Mount } from "../contract.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { DEFAULT_PATH } from "./program.ts";
import { defaultSeccomp, type SeccompProfile } from "./seccomp.ts";
import type { ContainerUser } from "./user.ts";

/** The part of the OCI runtime specification that we use: the content of a bundle's config.json. */
export interface RuntimeSpec {
  readonly ociVersion: string;
  readonly process: {
    readonly terminal: boolean;
    readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[] };
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly cwd: string;
    readonly capabilities: Readonly<Record<"bounding" | "effective" | "permitted", readonly string[]>>;
    readonly noNewPrivileges: boolean;
  };
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname: string;
  readonly mounts: readonly RuntimeMount[];
  readonly linux: {
    readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
    readonly cgroupsPath: string;
    readonly resources: Resources;
    readonly maskedPaths: readonly string[];
    readonly readonlyPaths: readonly string[];
    readonly seccomp?: SeccompProfile;
  };
}

export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

interface Resources {
  readonly devices: readonly { readonly allow: boolean; readonly access: string }[];
  readonly memory?: { readonly limit: number; readonly swap?: number };
  readonly cpu: { readonly shares: number; readonly quota?: number; readonly period?: number };
  readonly pids: { readonly limit: number };
}

/** Where the image's files come from. */
export type RootFiles =
  | { readonly kind: "overlay"; readonly lower: string; readonly upper: string; readonly work: string; readonly mountPoint: string }
  | { readonly kind: "copy"; readonly folder: string };

export interface RuntimeSpecInput {
  readonly spec: ContainerSpec;
  readonly argv: readonly string[];
  readonly user: ContainerUser;
  readonly root: RootFiles;
  /** Paths on the host of files that the platform writes for each pod. */
  readonly files: { readonly hosts: string; readonly hostname: string; readonly resolvConf?: string };
  /** Shown read-only where the image has nothing: the host's language runtime for images that bring none. */
  readonly runtimeFiles: readonly { readonly hostPath: string; readonly path: string }[];
  readonly cgroupsPath: string;
  /** Whether the machine has namespaces of control groups. */
  readonly cgroupNamespace: boolean;
  readonly limitsSwap: boolean;
  /** Processes and threads that it may have. */
  readonly maxPids: number;
  /** Node's name of the CPU. */
  readonly machine: string;
}

/** Nothing of the kernel's state that tells about the host or could change it. */
const MASKED = [
  ...["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug"],
  ...["/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"],
];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

export function makeRuntimeSpec(input: RuntimeSpecInput): RuntimeSpec {
  const { spec, argv, user, root } = input;
  const { security, image } = spec;
  const capabilities = capabilitiesOf(security);
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: spec.tty === true,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups },
      args: argv,
      env: environment(spec),
      cwd: posix.resolve("/", spec.workingDir || image.workingDir),
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: security.allowPrivilegeEscalation === false,
    },
    root: { path: root.kind === "copy" ? root.folder : root.mountPoint, readonly: security.readOnlyRootFilesystem ?? false },
    hostname: hostnameOf(spec),
    mounts: [...rootMounts(root), ...systemMounts(input), ...podMounts(input)],
    linux: {
      namespaces: namespaces(input),
      cgroupsPath: input.cgroupsPath,
      resources: resources(input),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
      ...(security.seccompProfile === "Unconfined" ? {} : { seccomp: defaultSeccomp(input.machine) }),
    },
  };
}

/** The kernel's limit. */
const HOSTNAME_MAX = 63;

export function hostnameOf({ hostname, podName }: Pick<ContainerSpec, "hostname" | "podName">): string {
  return (hostname ?? podName).slice(0, HOSTNAME_MAX).replace(/[-.]+$/, "");
}

function environment({ env, tty }: ContainerSpec): readonly string[] {
  const terminal = tty === true ? ([["TERM", "xterm"]] as const) : [];
  const values = new Map<string, string>([["PATH", DEFAULT_PATH], ...terminal, ...env.map(({ name, value }) => [name, value] as const)]);
  return Array.from(values, ([name, value]) => `${name}=${value}`);
}

function namespaces({ spec, cgroupNamespace }: RuntimeSpecInput): RuntimeSpec["linux"]["namespaces"] {
  const network = spec.network === undefined ? { type: "network" } : { type: "network", path: spec.network.namespace };
  const own = ["pid", "ipc", "uts", "mount", ...(cgroupNamespace ? ["cgroup"] : [])];
  return [...own.map((type) => ({ type })), network];
}

const PERIOD_US = 100_000;
const MIN_QUOTA_US = 1000;
const MIN_SHARES = 2;

function resources({ spec: { memoryLimitBytes, cpu = {} }, limitsSwap, maxPids }: RuntimeSpecInput): Resources {
  const milli = cpu.requestMilli ?? cpu.limitMilli ?? 0;
  const quota =
    cpu.limitMilli === undefined ? {} : { period: PERIOD_US, quota: Math.max(MIN_QUOTA_US, cpu.limitMilli * (PERIOD_US / 1000)) };
  const memory = memoryLimitBytes === undefined ? {} : { memory: memoryOf(memoryLimitBytes, limitsSwap) };
  return {
    devices: [{ allow: false, access: "rwm" }],
    cpu: { shares: Math.max(MIN_SHARES, Math.floor((milli * 1024) / 1000)), ...quota },
    pids: { limit: maxPids },
    ...memory,
  };
}

/** A limit for memory and swap together that equals the one for memory: no swap. */
function memoryOf(limit: number, limitsSwap: boolean): { limit: number; swap?: number } {
  return limitsSwap ? { limit, swap: limit } : { limit };
}

/** Mounted inside of the container's own mount namespace: it goes with the container, whatever happens to us. */
function rootMounts(root: RootFiles): readonly RuntimeMount[] {
  if (root.kind === "copy") return [];
  const options = [`lowerdir=${root.lower}`, `upperdir=${root.upper}`, `workdir=${root.work}`];
  return [{ destination: "/", type: "overlay", source: "overlay", options }];
}

const SAFE = ["nosuid", "noexec", "nodev"];

function systemMounts({ spec, cgroupNamespace }: RuntimeSpecInput): readonly RuntimeMount[] {
  const mount = (destination: string, type: string, ...options: string[]) => ({ destination, type, source: type, options });
  const hasOwnTmp = spec.mounts.some(({ mountPath }) => posix.resolve("/", mountPath) === "/tmp");
  const needsTmp = spec.security.readOnlyRootFilesystem === true && !hasOwnTmp;
  return [
    mount("/proc", "proc", ...SAFE),
    mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
    mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
    mount("/dev/shm", "tmpfs", ...SAFE, "mode=1777", "size=65536k"),
    mount("/dev/mqueue", "mqueue", ...SAFE),
    mount("/sys", "sysfs", ...SAFE, "ro"),
    ...(cgroupNamespace ? [mount("/sys/fs/cgroup", "cgroup", ...SAFE, "relatime", "ro")] : []),
    ...(needsTmp ? [mount("/tmp", "tmpfs", "nosuid", "nodev", "mode=1777")] : []),
  ];
}

function podMounts({ spec, files, runtimeFiles }: RuntimeSpecInput): readonly RuntimeMount[] {
  const taken = new Set(spec.mounts.map(({ mountPath }) => posix.resolve("/", mountPath)));
  const own: readonly Mount[] = [
    file("/etc/hosts", files.hosts),
    file("/etc/hostname", files.hostname),
    ...(files.resolvConf === undefined ? [] : [file("/etc/resolv.conf", files.resolvConf)]),
    file(spec.terminationMessage.path, spec.terminationMessage.hostPath),
    ...runtimeFiles.map(({ path, hostPath }) => ({ ...file(path, hostPath), readOnly: true })),
  ];
  const all = [...own.filter(({ mountPath }) => !taken.has(mountPath)), ...spec.mounts];
  return all.toSorted((a, b) => depth(a) - depth(b)).map(bind);
}

function file(mountPath: string, hostPath: string): Mount {
  return { mountPath, hostPath, volume: "", readOnly: false };
}

/** What is mounted below another mount comes after it. */
function depth({ mountPath }: Mount): number {
  return mountPath.split("/").filter((part) => part !== "").length;
}

function bind({ mountPath, hostPath, readOnly }: Mount): RuntimeMount {
  const options = ["rbind", "rprivate", ...(readOnly ? ["ro"] : ["rw"])];
  return { options, destination: posix.resolve("/", mountPath), type: "bind", source: hostPath };
}
