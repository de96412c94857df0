/**
 * How the node agent learns that no request is in flight to a pod any more, before it parks or stops it. The gateway
 * answers; `app/` connects the two. A pod is named by its uid.
 */
export interface DrainGate {
  /**
   * Resolves once every gateway has stopped sending to the pod and nothing is in flight to it. Rejects when the
   * signal aborts (the caller's grace period is over).
   */
  drained(podUid: string, signal: AbortSignal): Promise<void>;
}

/** For worlds without a gateway. */
export const openDrainGate: DrainGate = { drained: () => Promise.resolve() };
