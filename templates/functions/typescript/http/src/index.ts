import type { Context, IncomingBody, StructuredReturn } from "faas-js-runtime";

/**
 * Called with each HTTP request, whatever its path. What it returns is the answer: a text, an object (sent as JSON), or
 * `{ statusCode, headers, body }`. Nothing is 204. A thrown error is answered with its `code`, a status, or 500.
 *
 * @param context method, headers, query, body and `log`
 * @param body of the request: an object if it came as JSON
 */
export const handle = async (context: Context, body?: IncomingBody): Promise<StructuredReturn> => {
  context.log.info(`${context.method} request`);
  if (body !== undefined && body !== null) context.log.debug(body);

  return { statusCode: 200, headers: { "content-type": "text/plain" }, body: "OK" };
};

// Beside `handle` a function may export `init` and `shutdown` (called once), and `liveness` and `readiness`.
