import type { ProgramEnd, ProgramStreams } from "../../../api/ports/pod-streams.ts";

/**
 * A driver turns the description of one sandbox (the containers of a pod) into something that runs. The contract suite
 * `driver.contract.ts` runs against each implementation.
 */
export interface Driver extends AsyncDisposable {
  readonly name: "process" | "oci";
  /** Why this driver can or cannot run the container: the reason is shown on the Pod. */
  accepts(container: ContainerSpec): Promise<Acceptance>;
  /** Starts one container. Rejects only for bugs; everything expected is in the result. */
  start(container: ContainerSpec, signal: AbortSignal): Promise<StartResult>;
  /** An address for a pod alone; a driver without this runs pods on the node's. Rejects when none can be had. */
  network?(pod: string, signal: AbortSignal): Promise<PodNetwork>;
  /** Ends what an earlier, killed platform left behind. Resolves with how many sandboxes it found. */
  sweepOrphans(): Promise<number>;
}

export type Acceptance = { readonly kind: "yes" } | { readonly kind: "no"; readonly reason: string; readonly message: string };

export type StartResult =
  | {
      readonly kind: "started";
      readonly container: RunningContainer;
      /** What is not as the Pod asks, in words for people. */
      readonly notes?: readonly string[];
    }
  | { readonly kind: "failed"; readonly reason: string; readonly message: string };

/** What the containers of one pod share; given back when disposed, after they have ended. */
export interface PodNetwork extends AsyncDisposable {
  readonly ip: string;
  /** File of the network namespace. */
  readonly namespace: string;
  /** Resolver of its programs. */
  readonly nameserver: string;
}

/** How the pod wants names to be resolved. */
export interface DnsRequest {
  readonly policy: "ClusterFirst" | "Default" | "None";
  /** What `dnsConfig` adds. */
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly string[];
}

export interface Mount {
  readonly volume: string;
  readonly mountPath: string;
  /** Folder or file of the host. */
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/** Where a program leaves its last words. */
export interface TerminationMessage {
  /** As the program knows it. */
  readonly path: string;
  /** File of the host that the driver makes, empty, and shows at `path` where it can. */
  readonly hostPath: string;
}

export interface ContainerSpec {
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  readonly container: string;
  /** Fresh for each (re)start, `process://<random>`. */
  readonly containerId: string;
  /** What the Pod says instead of the image's own program and arguments. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Complete, in order; a later name wins. */
  readonly env: readonly EnvEntry[];
  /** "" means the image's. */
  readonly workingDir: string;
  readonly image: SandboxImage;
  readonly mounts: readonly Mount[];
  /** A folder of this sandbox alone: scratch space and views live in it. Removed by the agent. */
  readonly folder: string;
  readonly memoryLimitBytes?: number;
  /** What it may write outside of volumes. */
  readonly diskLimitBytes?: number;
  readonly cpu?: { readonly requestMilli?: number; readonly limitMilli?: number };
  /** What the program sees as its host's name. */
  readonly hostname?: string;
  /** Lines for /etc/hosts beside the pod's own. */
  readonly hostAliases?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  /** Where it runs, when its driver gives pods an address. */
  readonly network?: PodNetwork;
  /** Without it as `ClusterFirst`. */
  readonly dns?: DnsRequest;
  readonly terminationMessage: TerminationMessage;
  readonly security: SecurityRequest;
  /** Its input stays open for who attaches; `once`: until the first of them ends. Without this it has none. */
  readonly stdin?: { readonly once: boolean };
  /** It runs in a terminal: one stream, whose lines end as a terminal's do. */
  readonly tty?: boolean;
  /** Both streams are written to this file as CRI lines, with rotation. */
  readonly logPath: string;
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

export interface SandboxImage {
  readonly reference: string;
  readonly digest: string;
  /** Folder with the unpacked image, shared and read-only. */
  readonly rootfs: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  /** `uid`, `uid:gid` or a name. */
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The parts of a security context that a driver honours or refuses. */
export interface SecurityRequest {
  readonly privileged?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly hostNamespaces?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  /** Names without `CAP_`, or `ALL`. */
  readonly addCapabilities?: readonly string[];
  readonly dropCapabilities?: readonly string[];
  /** `Unconfined` turns the filter of system calls off. */
  readonly seccompProfile?: string;
  readonly supplementalGroups?: readonly number[];
  /** Volumes belong to this group, and the program is in it. */
  readonly fsGroup?: number;
}

export interface RunningContainer {
  readonly pid: number;
  readonly startedAt: number;
  /** Resolves once, when it has ended and its output is written. */
  readonly exited: Promise<ContainerExit>;
  /** To every process of the container. Harmless when it has ended. */
  signal(signal: "SIGTERM" | "SIGKILL"): void;
  /** Stops all its threads without ending it; `thaw` continues. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Output from here on goes to another file: a parked container is adopted by a new pod. */
  redirectLog(path: string): void;
  /** Runs a program beside the container's own: same user, environment and folder. */
  exec(argv: readonly string[], signal: AbortSignal): Promise<ExecResult>;
  /** The same with its streams connected to somebody. Resolves after its output was taken; an abort kills it. */
  execStream?(argv: readonly string[], streams: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd>;
  /** Gives its own program input, as several may at the same time. Does nothing for one that was started without. */
  attachInput?(input: AsyncIterable<Uint8Array>): Promise<void>;
  /** Resident memory of the whole sandbox in bytes. */
  memoryBytes(): Promise<number>;
  /** TCP ports that it listens on; undefined where the system does not tell. */
  listeningPorts(): Promise<readonly number[] | undefined>;
}

export interface ExecResult {
  readonly exitCode: number;
  /** Both streams, the first 10 KiB. */
  readonly output: string;
}

export interface ContainerExit {
  readonly exitCode: number;
  readonly signal?: string;
  /** `Completed`, `Error`, `OOMKilled`, or `Evicted` when it used up the disk. */
  readonly reason: string;
  readonly finishedAt: number;
}
