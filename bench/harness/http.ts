import { Agent, request } from "node:http";
import { systemClock } from "../../src/std/clock.ts";

export interface TimedAnswer {
  readonly status: number;
  readonly firstByteMs: number;
  readonly body: string;
  readonly serverTiming: string;
}

/** One GET over a connection of its own. */
export function timedGet(origin: string, path: string, host: string): Promise<TimedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TimedAnswer>();
  const startMs = systemClock.monotonicMs();
  const agent = new Agent({ keepAlive: false });
  const call = request(`${origin}${path}`, { agent, headers: { host } }, (answer) => {
    const firstByteMs = systemClock.monotonicMs() - startMs;
    let body = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => (body += chunk));
    answer.on("error", reject);
    answer.on("end", () => {
      resolve({ status: answer.statusCode ?? 0, firstByteMs, body, serverTiming: String(answer.headers["server-timing"] ?? "") });
    });
  });
  call.on("error", reject);
  call.end();
  return promise;
}

/** Fails unless the target answers 200: a proxy that refuses quickly must not look fast. */
export async function mustAnswer(origin: string, host: string): Promise<void> {
  const { status, body } = await timedGet(origin, "/", host);
  if (status !== 200) throw new Error(`${origin} answered ${status}: ${body}`);
}
