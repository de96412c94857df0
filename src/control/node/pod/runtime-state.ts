/** What the agent knows of one container beyond its spec: the input of `decide` and `makeStatus`. All times are epoch milliseconds. */
export interface ContainerRecord {
  readonly name: string;
  readonly state: RunState;
  /** How the run before this one ended. */
  readonly last?: Terminated;
  readonly restartCount: number;
  /** Failures in a row, for the restart's backoff. */
  readonly crashes: number;
  readonly imageId: string;
  /** Its startup probe has succeeded, or it has none and runs. */
  readonly started: boolean;
  readonly ready: boolean;
  /** Why it is not ready, in words for people. */
  readonly unreadyMessage?: string;
}

export type RunState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message?: string; readonly retryAt?: number; readonly attempts?: number }
  | { readonly kind: "creating" }
  /** `isStarting`: its postStart hook has not succeeded yet; people see it as being created. */
  | { readonly kind: "running"; readonly containerId: string; readonly startedAt: number; readonly isStarting?: true }
  | Terminated;

export interface Terminated {
  readonly kind: "terminated";
  readonly containerId: string;
  readonly exitCode: number;
  readonly signal?: string;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

export function newRecord(name: string, hasInit: boolean): ContainerRecord {
  return {
    name,
    state: { kind: "waiting", reason: hasInit ? "PodInitializing" : "ContainerCreating" },
    restartCount: 0,
    crashes: 0,
    imageId: "",
    started: false,
    ready: false,
  };
}
