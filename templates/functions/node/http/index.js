/**
 * Called with each HTTP request, whatever its path. What it returns is the answer: a text, an object (sent as JSON), or
 * `{ statusCode, headers, body }`. Nothing is 204. A thrown error is answered with its `code`, a status, or 500.
 *
 * @param {import("faas-js-runtime").Context} context method, headers, query, body and `log`
 * @param {unknown} body of the request: an object if it came as JSON
 */
const handle = async (context, body) => {
  context.log.info(`${context.method} request`);
  if (body !== undefined && body !== null) context.log.debug(body);

  return { statusCode: 200, headers: { "content-type": "text/plain" }, body: "OK" };
};

// Beside `handle` a function may export `init` and `shutdown` (called once), and `liveness` and `readiness`.
module.exports = { handle };
