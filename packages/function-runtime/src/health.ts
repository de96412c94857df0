import type { IncomingMessage, ServerResponse } from "node:http";
import { answerOf } from "./answer.ts";
import type { Served } from "./server.ts";
import type { HealthCheck } from "./types.ts";

const TEXT = { "content-type": "text/plain; charset=utf-8" };

/** Whether the path is one of the probes', which then has been answered. */
export async function answerProbe(served: Served, path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { module, settings, log } = served;
  const probe =
    path === settings.readiness
      ? { check: module.readiness, hook: module.ready }
      : path === settings.liveness
        ? { check: module.liveness, hook: module.alive }
        : undefined;
  if (probe === undefined) return false;
  try {
    await (probe.check === undefined ? answerHook(probe.hook, response) : answerCheck(probe.check, request, response));
  } catch (error) {
    log.error(error, "a health check failed");
    if (!response.headersSent) response.writeHead(500, TEXT).end(error instanceof Error ? error.message : String(error));
  }
  return true;
}

/** `ready` and `alive` say yes, no, or no with a reason: `[false, "why"]`. Nothing said is yes. */
async function answerHook(hook: (() => unknown) | undefined, response: ServerResponse): Promise<void> {
  const said: unknown = await hook?.();
  const [isWell, why] = (Array.isArray(said) ? said : [said]) as readonly unknown[];
  if (isWell === false) response.writeHead(503, TEXT).end(typeof why === "string" ? why : "not well");
  else response.writeHead(200, TEXT).end("OK");
}

/** `readiness` and `liveness` answer by themselves, or return what to say. */
async function answerCheck(check: HealthCheck, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const said: unknown = await check(request, response);
  if (response.writableEnded || response.headersSent) return;
  if (said === false) return void response.writeHead(503, TEXT).end("not well");
  if (said === undefined || said === true) return void response.writeHead(200, TEXT).end("OK");
  const { status, headers, body } = answerOf(said);
  response.writeHead(status, headers as Record<string, string | string[]>).end(body);
}
