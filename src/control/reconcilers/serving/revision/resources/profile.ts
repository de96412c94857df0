import type { Lifecycle } from "../../../../../api/k8s/types.generated.ts";

/** What pods must look like for those who run them: our node agent, or a kubelet. */
export interface PodProfile {
  /** Period of readiness probes that ask for the platform's own eager probing (periodSeconds 0); undefined leaves the 0. */
  readonly eagerProbePeriodSeconds?: number;
  /** Keeps an instance answering until every gateway has heard that it goes. */
  readonly lifecycle?: Lifecycle;
}

/** Our node agent probes eagerly by itself and stops nothing that still has requests. */
export const EMBEDDED_PROFILE: PodProfile = {};

/** A kubelet knows whole seconds, and ends a container as soon as its preStop is over. */
export const KUBERNETES_PROFILE: PodProfile = { eagerProbePeriodSeconds: 1, lifecycle: { preStop: { sleep: { seconds: 5 } } } };
