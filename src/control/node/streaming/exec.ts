import { apiError } from "../../../api/meta/errors.ts";
import type { ProgramSession } from "../../../api/ports/pod-streams.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import type { StreamOptions } from "./stream-options.ts";

/** Runs a program beside the container's own. It ends when the client is gone. */
export function execSession({ command, wants }: StreamOptions, running: RunningContainer): ProgramSession {
  const start = running.execStream?.bind(running);
  if (start === undefined) throw apiError("InternalError", "Internal error occurred: the driver of this container cannot stream programs");
  return {
    kind: "program",
    wants,
    run: async (streams, signal) => {
      const end = await start(command, streams, signal);
      if (end.kind === "exited") return end;
      return { kind: "failed", message: `error executing command in container: ${end.message}` };
    },
  };
}
