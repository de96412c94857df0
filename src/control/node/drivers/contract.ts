/**
 * A driver turns the description of one sandbox (the containers of a pod) into something that runs. The contract suite
 * `driver.contract.ts` runs against each implementation.
 */
export interface Driver {
  readonly name: "process" | "oci";
  /** Why this driver can or cannot run the container: the reason is shown on the Pod. */
  accepts(container: ContainerSpec): Acceptance;
  /** Starts one container. Rejects only for bugs; everything expected is in the result. */
  start(container: ContainerSpec, signal: AbortSignal): Promise<StartResult>;
  /** Ends what an earlier, killed platform left behind. Resolves with how many sandboxes it found. */
  sweepOrphans(): Promise<number>;
}

export type Acceptance = { readonly kind: "yes" } | { readonly kind: "no"; readonly reason: string; readonly message: string };

export type StartResult =
  | { readonly kind: "started"; readonly container: RunningContainer }
  | { readonly kind: "failed"; readonly reason: string; readonly message: string };

export interface ContainerSpec {
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  readonly container: string;
  /** Fresh for each (re)start, `process://<random>`. */
  readonly containerId: string;
  /** argv; [0] is a path inside `rootfs` or an absolute path of the host's runtime. */
  readonly argv: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly workingDir: string;
  /** Folder with the unpacked image. */
  readonly rootfs: string;
  readonly image: { readonly reference: string; readonly digest: string; readonly labels: Readonly<Record<string, string>> };
  /** What a process can honour: path in the container -> folder of the host. */
  readonly mounts: readonly { readonly mountPath: string; readonly hostPath: string; readonly readOnly: boolean }[];
  readonly memoryLimitBytes?: number;
  readonly user?: { readonly uid?: number; readonly gid?: number };
  /** Lines of both streams, as they come. */
  onOutput(stream: "stdout" | "stderr", chunk: Buffer): void;
}

export interface RunningContainer {
  readonly pid: number;
  readonly startedAt: number;
  /** Resolves once, when it has ended. */
  readonly exited: Promise<ContainerExit>;
  signal(signal: "SIGTERM" | "SIGKILL"): void;
  /** Stops all its threads without ending it; `thaw` continues. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Resident memory of the whole sandbox in bytes. */
  memoryBytes(): Promise<number>;
}

export interface ContainerExit {
  readonly exitCode: number;
  readonly signal?: string;
  /** `Completed`, `Error` or `OOMKilled`. */
  readonly reason: string;
  readonly finishedAt: number;
}
