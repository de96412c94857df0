import type { Pod, Probe } from "../../../api/k8s/types.generated.ts";
import type { Clock } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";

const DEFAULT_GRACE_SECONDS = 30;

/** SIGTERM, and SIGKILL after the grace period: the probe's own that asks for the end, else the pod's. */
export function endContainer(
  running: RunningContainer,
  { pod, clock, probe }: { readonly pod: Pod; readonly clock: Clock; readonly probe?: Probe | undefined },
): void {
  const seconds = probe?.terminationGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  running.signal("SIGTERM");
  const timer = clock.setTimer(seconds * 1000, () => running.signal("SIGKILL"));
  void running.exited.then(() => timer[Symbol.dispose]());
}
