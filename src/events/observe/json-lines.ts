import { ApiError, apiError } from "../../api/meta/errors.ts";

const encoder = new TextEncoder();

/**
 * One line of JSON for each value, made when the reader is ready for it. A failure is the last line: a Status.
 * The stream holds the request: its signal alone would not be aborted any more once the request were collected.
 */
export function jsonLines(values: AsyncGenerator<object>, request: Request): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await take(values, request.signal);
      if (next === undefined) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(next)}\n`));
    },
    async cancel() {
      await values.return(undefined);
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

async function take(values: AsyncGenerator<object>, signal: AbortSignal): Promise<object | undefined> {
  try {
    const next = await values.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof ApiError) return { type: "ERROR", object: error.status };
    return { type: "ERROR", object: apiError("InternalError", error instanceof Error ? error.message : String(error)).status };
  }
}
