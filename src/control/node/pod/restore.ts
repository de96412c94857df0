import type { ContainerStatus, Pod } from "../../../api/k8s/types.generated.ts";
import { newRecord, type ContainerRecord, type Terminated } from "./runtime-state.ts";

/**
 * The records with which a worker begins. After a restart of the platform the Pod tells of runs that are over:
 * what ran was killed with the platform.
 */
export function restoreRecords(pod: Pod, now: number): readonly ContainerRecord[] {
  const init = pod.spec?.initContainers ?? [];
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const restore = (name: string, hasInit: boolean) => {
    const fresh = newRecord(name, hasInit);
    const status = statuses.find((candidate) => candidate.name === name);
    return status === undefined ? fresh : restored(fresh, status, now);
  };
  return [
    ...init.map(({ name }) => restore(name, false)),
    ...(pod.spec?.containers ?? []).map(({ name }) => restore(name, init.length > 0)),
  ];
}

function restored(
  fresh: ContainerRecord,
  { state, lastState, restartCount, imageID, containerID = "" }: ContainerStatus,
  now: number,
): ContainerRecord {
  const base = { ...fresh, restartCount, imageId: imageID };
  if (state?.running !== undefined) {
    const startedAt = Date.parse(state.running.startedAt ?? "") || now;
    const killed: Terminated = { kind: "terminated", containerId: containerID, exitCode: 137, reason: "Error", startedAt, finishedAt: now };
    return { ...base, state: { ...killed, message: "the platform was restarted" } };
  }
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined) return base;
  const terminated: Terminated = {
    kind: "terminated",
    containerId: ended.containerID ?? containerID,
    exitCode: ended.exitCode,
    reason: ended.reason ?? "Error",
    startedAt: Date.parse(ended.startedAt ?? "") || now,
    finishedAt: Date.parse(ended.finishedAt ?? "") || now,
    ...(ended.message === undefined ? {} : { message: ended.message }),
  };
  return { ...base, state: terminated };
}
