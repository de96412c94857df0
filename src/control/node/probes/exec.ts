import type { ExecAction } from "../../../api/k8s/types.generated.ts";
import { failure, success, type ProbeOutcome, type ProbeTarget } from "./outcome.ts";

export async function probeExec(
  { command = [] }: ExecAction,
  target: Pick<ProbeTarget, "exec">,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  try {
    const { exitCode, output } = await target.exec(command, signal);
    if (signal.aborted) return failure(`command timed out: ${JSON.stringify(command.join(" "))}`);
    return exitCode === 0 ? success : failure(output.trim());
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}
