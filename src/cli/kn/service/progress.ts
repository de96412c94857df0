import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError } from "../../shared/io.ts";
import type { WaitSettings } from "../flags.ts";
import { mustGet } from "../get.ts";
import type { Context } from "../kn.ts";
import { SERVICE } from "../refs.ts";
import { causeOf } from "./cause.ts";
import { waitReady } from "./wait-ready.ts";

/** `  1.250s text`; a text that repeats the one before is `...`. */
export function progressPrinter(write: (text: string) => unknown): (elapsedMs: number, message: string) => void {
  let previous = "";
  return (elapsedMs, message) => {
    write(progressLine(elapsedMs, message === previous ? "..." : message));
    previous = message;
  };
}

function progressLine(elapsedMs: number, text: string): string {
  return `${(Math.round(elapsedMs) / 1000).toFixed(3).padStart(7)}s ${text}\n`;
}

/** Waits with progress lines. Throws UserError with the reason, and its cause where the service does not tell it. */
export async function waitWithProgress(context: Context, name: string, settings: WaitSettings): Promise<void> {
  const write = (text: string) => context.io.stdout.write(text);
  const outcome = await waitReady(context, { ...settings, kind: SERVICE, name, onMessage: progressPrinter(write) });
  if (outcome.kind === "ready") {
    write(`${progressLine(outcome.elapsedMs, "Ready to serve.")}\n`);
    return;
  }
  const said =
    outcome.kind === "failed"
      ? `${outcome.reason}: ${outcome.message}`
      : `timeout: service '${name}' not ready after ${settings.timeoutMs / 1000} seconds`;
  throw new UserError([said, ...(await causeOf(context, name, said))].join("\n"));
}

export interface Done {
  /** "created", "updated", "replaced", "applied" */
  readonly verb: string;
  /** The latest ready revision before the change. */
  readonly before?: string | undefined;
}

/** The last lines: which revision, and where it is. */
export async function printAddress(context: Context, name: string, done: Done): Promise<void> {
  const service = await mustGet(context, SERVICE, name);
  context.io.stdout.write(addressText(service, done));
}

export function addressText(service: KnativeService, { verb, before }: Done): string {
  const revision = service.status?.latestReadyRevisionName ?? "";
  const what = before === revision ? `with latest revision '${revision}' (unchanged)` : `${verb} to latest revision '${revision}'`;
  return `Service '${service.metadata.name ?? ""}' ${what} is available at URL:\n${service.status?.url ?? ""}\n`;
}
