import { badRequest } from "../../../api/meta/errors.ts";
import type { ProgramSession } from "../../../api/ports/pod-streams.ts";

/** The query of exec and attach, as in core/v1 PodExecOptions. */
export interface StreamOptions {
  readonly container: string | undefined;
  readonly command: readonly string[];
  readonly wants: ProgramSession["wants"];
}

/** @throws ApiError 400 */
export function parseStreamOptions(kind: "exec" | "attach", query: URLSearchParams): StreamOptions {
  const asked = (name: string) => /^(1|true)$/i.test(query.get(name) ?? "");
  const tty = asked("tty");
  // A terminal has one stream for both.
  const wants = { tty, stdin: asked("stdin"), stdout: asked("stdout"), stderr: asked("stderr") && !tty };
  if (!wants.stdin && !wants.stdout && !wants.stderr) throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
  const command = query.getAll("command");
  if (kind === "exec" && command.length === 0) throw badRequest("you must specify a command to execute");
  return { container: query.get("container") || undefined, command, wants };
}
