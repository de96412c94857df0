import type { Pod } from "../../../api/k8s/types.generated.ts";
import { apiError, badRequest } from "../../../api/meta/errors.ts";
import type { PodSession } from "../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import { onlyContainer } from "../logs/only-container.ts";
import type { LoggedPod } from "../logs/pod-logs.ts";
import { attachSession } from "./attach.ts";
import { execSession } from "./exec.ts";
import { portSession } from "./port-forward.ts";
import { parseStreamOptions } from "./stream-options.ts";

export type StreamKind = "exec" | "attach" | "portforward";

/** What is known of a pod that runs here. */
export interface StreamedPod extends LoggedPod {
  /** Aborts when the pod is gone; its programs may live on, parked. */
  readonly signal: AbortSignal;
  readonly sandbox: {
    readonly running: ReadonlyMap<string, RunningContainer>;
    readonly ports: ReadonlyMap<number, number>;
  };
}

export interface SessionInput {
  /** As the API server has it. */
  readonly pod: Pod;
  /** Undefined when no container of it was ever here. */
  readonly streamed: StreamedPod | undefined;
  readonly query: URLSearchParams;
  readonly clock: Clock;
  /** Address of pods without one of their own. */
  readonly nodeIp: string;
}

/**
 * What `kubectl exec`, `attach` and `port-forward` ask for. Nothing has begun yet.
 * @throws ApiError in the words of a kubelet and API server.
 */
export function openSession(kind: StreamKind, input: SessionInput): PodSession {
  const { pod, streamed, query, clock } = input;
  const name = pod.metadata.name ?? "";
  if ((pod.spec?.nodeName ?? "") === "") throw badRequest(`pod ${name} does not have a host assigned`);
  if (kind === "portforward") return portSession(input);
  const options = parseStreamOptions(kind, query);
  const container = chosenContainer(pod, options.container);
  const running = streamed?.sandbox.running.get(container);
  if (streamed === undefined || running === undefined) throw notRunning(container);
  if (kind === "exec") return execSession(options, running, streamed.signal);
  const spec = pod.spec?.containers.find((one) => one.name === container);
  return attachSession(options, { spec, container, running, streamed, clock });
}

function chosenContainer(pod: Pod, asked: string | undefined): string {
  if (asked === undefined) return onlyContainer(pod);
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  if (![...initContainers, ...containers].some(({ name }) => name === asked)) {
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name ?? ""}`);
  }
  return asked;
}

/** As a kubelet says it of one that has not started, or has ended. */
export function notRunning(container: string): Error {
  return apiError(
    "InternalError",
    `Internal error occurred: unable to upgrade connection: container not found (${JSON.stringify(container)})`,
  );
}
