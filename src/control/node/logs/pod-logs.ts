import type { Pod } from "../../../api/k8s/types.generated.ts";
import { badRequest, notFound } from "../../../api/meta/errors.ts";
import { podKind } from "../../../api/core/pod.ts";
import type { Clock } from "../../../std/clock.ts";
import type { ContainerRecord } from "../pod/runtime-state.ts";
import { parseLogOptions } from "./log-options.ts";
import { onlyContainer } from "./only-container.ts";
import { logResponse } from "./log-response.ts";
import { DEFAULT_LOG_LIMITS } from "./log-writer.ts";

/** What is known of a pod that has logs here. */
export interface LoggedPod {
  readonly pod: Pod;
  readonly records: ReadonlyMap<string, ContainerRecord>;
  logPath(container: string, restart: number): string;
}

/**
 * Answers `GET .../pods/NAME/log`.
 * @throws ApiError in the words of a kubelet and API server.
 */
export function podLogs(name: string, logged: LoggedPod | undefined, query: URLSearchParams, clock: Clock): Response {
  const options = parseLogOptions(query, clock.now());
  if (logged === undefined) throw notFound(podKind, name);
  const container = options.container ?? onlyContainer(logged.pod);
  const record = logged.records.get(container);
  if (record === undefined) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const restart = options.previous ? record.restartCount - 1 : record.restartCount;
  if (restart < 0) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const { state } = record;
  const neverRan = record.last === undefined && (state.kind === "waiting" || state.kind === "creating");
  if (neverRan) throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waitingFor(record)}`);
  const isLive = () =>
    !options.previous && logged.records.get(container)?.restartCount === restart && isRunning(logged.records.get(container));
  return logResponse({ path: logged.logPath(container, restart), maxFiles: DEFAULT_LOG_LIMITS.maxFiles, clock, isLive }, options);
}

function waitingFor({ state }: ContainerRecord): string {
  if (state.kind !== "waiting") return "ContainerCreating";
  if (state.reason === "ErrImagePull") return "image can't be pulled";
  return state.reason === "ImagePullBackOff" ? "trying and failing to pull image" : state.reason;
}

function isRunning(record: ContainerRecord | undefined): boolean {
  return record?.state.kind === "running";
}
