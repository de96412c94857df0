import type { Container } from "../../../api/k8s/types.generated.ts";
import { abortable, delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import { runAction } from "../probes/handler.ts";
import { success, type ProbeOutcome } from "../probes/outcome.ts";
import { probeTarget } from "./container-probes.ts";

export interface PostStartInput {
  readonly container: Container;
  readonly running: RunningContainer;
  readonly ip: string;
  readonly ports: ReadonlyMap<number, number>;
  readonly clock: Clock;
}

/** Runs the hook of a container that has just started. Success when there is none; a container that ends ends the wait. */
export async function runPostStart({ clock, ...target }: PostStartInput, signal: AbortSignal): Promise<ProbeOutcome> {
  const hook = target.container.lifecycle?.postStart;
  if (hook === undefined) return success;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  void target.running.exited.then(() => stop.abort(new DOMException("the container has ended", "AbortError")));
  const outcome =
    hook.sleep === undefined
      ? runAction(hook, probeTarget(target), either)
      : delay(clock, (hook.sleep.seconds ?? 0) * 1000, either).then(() => success);
  return abortable(outcome, either).catch((error: unknown) => ({ kind: "failure", message: String(error) }));
}
