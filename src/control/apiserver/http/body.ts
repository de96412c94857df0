import { apiError, badRequest } from "../../../api/meta/errors.ts";

/** What Kubernetes takes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The whole body. @throws ApiError 413 as soon as it is too large. */
export async function readBody(request: Request, limit = MAX_BODY_BYTES): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part);
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size);
}

function tooLarge(limit: number): Error {
  return apiError("RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
}

/** The body as a JSON value; undefined when there is none. @throws ApiError 400. */
export async function readValue(request: Request): Promise<unknown> {
  const body = await readBody(request);
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw badRequest(`the body is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}
