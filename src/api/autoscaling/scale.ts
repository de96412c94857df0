import type { ScalePaths } from "../meta/kind.ts";

/** The definition that `/scale` speaks; Scale is never stored. */
export const SCALE_DEFINITION = "io.k8s.api.autoscaling.v1.Scale";

/** Where the workload kinds keep what `/scale` shows. */
export const SCALE: ScalePaths = { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" };
