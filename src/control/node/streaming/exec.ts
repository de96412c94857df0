import { apiError } from "../../../api/meta/errors.ts";
import type { ProgramSession } from "../../../api/ports/pod-streams.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import type { StreamOptions } from "./stream-options.ts";

/** Runs a program beside the container's own. It ends when the client is gone, or the pod. */
export function execSession({ command, wants }: StreamOptions, running: RunningContainer, podGone: AbortSignal): ProgramSession {
  const start = running.execStream?.bind(running);
  if (start === undefined) throw apiError("InternalError", "Internal error occurred: the driver of this container cannot stream programs");
  return {
    kind: "program",
    wants,
    run: async (streams, signal) => {
      const end = await start(command, streams, AbortSignal.any([signal, podGone]));
      if (end.kind === "exited") return end;
      return { kind: "failed", message: `error executing command in container: ${end.message}` };
    },
  };
}
