import type { ExecResult } from "../drivers/contract.ts";

/** `message` is what a kubelet writes behind `Readiness probe failed: `. */
export type ProbeOutcome = { readonly kind: "success" } | { readonly kind: "failure"; readonly message: string };

export const success: ProbeOutcome = { kind: "success" };

export function failure(message: string): ProbeOutcome {
  return { kind: "failure", message };
}

/** Where a probe goes. */
export interface ProbeTarget {
  readonly ip: string;
  /** The port on `ip` that a number or name of the spec means; undefined for an unknown name. */
  port(reference: string | number): number | undefined;
  exec(argv: readonly string[], signal: AbortSignal): Promise<ExecResult>;
}
