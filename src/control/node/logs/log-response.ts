import type { LogLine } from "./cri.ts";
import type { LogOptions } from "./log-options.ts";
import { logLines, type LogSource } from "./log-stream.ts";

/** A log as the answer to `kubectl logs`: plain text, streamed. Cancelling the body ends the reading. */
export function logResponse(source: LogSource, options: LogOptions): Response {
  const stop = new AbortController();
  const chunks = textOf(logLines(source, options, stop.signal), options);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      stop.abort();
      await chunks.return(undefined);
    },
  });
  return new Response(body, { headers: { "content-type": "text/plain" } });
}

type Form = Pick<LogOptions, "timestamps" | "limitBytes">;

async function* textOf(
  batches: AsyncIterable<readonly LogLine[]>,
  { timestamps, limitBytes = Infinity }: Form,
): AsyncGenerator<Uint8Array, void> {
  let left = limitBytes;
  const middle = { stdout: false, stderr: false };
  for await (const batch of batches) {
    const parts = batch.map((line) => textOfLine(line, timestamps, middle));
    const text = Buffer.concat(parts);
    if (text.length === 0) continue;
    yield text.subarray(0, Math.min(text.length, left));
    left -= text.length;
    if (left <= 0) return;
  }
}

/** A long line comes in pieces: only the first carries the time, only the last the newline. */
function textOfLine({ time, stream, partial, text }: LogLine, timestamps: boolean, middle: Record<LogLine["stream"], boolean>): Buffer {
  const prefix = timestamps && !middle[stream] ? [Buffer.from(`${time} `)] : [];
  middle[stream] = partial;
  return Buffer.concat([...prefix, text, ...(partial ? [] : [Buffer.from("\n")])]);
}
