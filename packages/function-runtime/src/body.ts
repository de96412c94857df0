import type { IncomingMessage } from "node:http";
import { HttpProblem } from "./problem.ts";

/** The whole body; undefined when there is none. Throws HttpProblem 413. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return undefined;
  if (Number(headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return length === 0 ? undefined : Buffer.concat(chunks, length);
}

function tooLarge(limit: number): HttpProblem {
  return new HttpProblem(413, `the request's body is larger than ${limit} bytes (FUNC_BODY_LIMIT)`);
}

/** A content type without its parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

export function isJson(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
}

/** The body as a function gets it. Throws HttpProblem 400. */
export function parseBody(bytes: Buffer | undefined, contentType: string | undefined): unknown {
  if (bytes === undefined) return undefined;
  const type = mediaType(contentType);
  if (isJson(type)) return parseJson(bytes);
  if (type === "application/x-www-form-urlencoded") return valuesOf(new URLSearchParams(bytes.toString()));
  return type === "" || type.startsWith("text/") ? bytes.toString() : bytes;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch (error) {
    throw new HttpProblem(400, `the request's body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A name that comes more than once has all its values. */
export function valuesOf(parameters: URLSearchParams): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of parameters) {
    const before = values[name];
    values[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return values;
}
