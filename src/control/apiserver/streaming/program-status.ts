import type { Status } from "../../../api/k8s/types.generated.ts";
import { apiError } from "../../../api/meta/errors.ts";
import type { ProgramEnd } from "../../../api/ports/pod-streams.ts";

/** How a program ended, as clients read it: kubectl exits with the code that the cause `ExitCode` names. */
export function programStatus(end: ProgramEnd): Status {
  if (end.kind === "failed") return apiError("InternalError", `Internal error occurred: ${end.message}`).status;
  if (end.exitCode === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit code ${end.exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(end.exitCode) }] },
  };
}
