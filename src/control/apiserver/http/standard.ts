import { badRequest } from "../../../api/meta/errors.ts";
import type { ApiReply, ApiRequest } from "../../../api/meta/payload.ts";
import { readStream } from "../negotiation/body.ts";
import { errorReply, replyText } from "./respond.ts";

/** Messages of the fetch standard from and to ours, for callers and handlers that speak that. */

const encoder = new TextEncoder();

/** @throws ApiError 413 */
export async function fromRequest(request: Request): Promise<ApiRequest> {
  const { method, url, headers, signal, body } = request;
  const { host, pathname, search } = new URL(url);
  return {
    method,
    target: pathname + search,
    headers: { host, ...Object.fromEntries(headers) },
    signal,
    body: body === null ? { kind: "none" } : { kind: "bytes", bytes: await readStream(body) },
  };
}

export function toRequest({ method, target, headers, signal, body }: ApiRequest): Request {
  const init = { method, headers: headersOf(headers), ...(signal === undefined ? {} : { signal }) };
  const url = `https://${headers["host"] ?? "localhost"}${target}`;
  switch (body.kind) {
    case "none":
      return new Request(url, init);
    case "json":
      return new Request(url, { ...init, body: JSON.stringify(body.value) });
    case "bytes":
      return new Request(url, { ...init, body: body.bytes.length === 0 ? null : new Uint8Array(body.bytes) });
  }
}

export function fromResponse({ status, headers, body }: Response): ApiReply {
  return { status, headers: Object.fromEntries(headers), body: body === null ? { kind: "none" } : { kind: "stream", stream: body } };
}

export function toResponse(reply: ApiReply): Response {
  const { status, body } = reply;
  if (body.kind === "session") return toResponse(errorReply(badRequest("Upgrade request required")));
  const headers = headersOf(reply.headers);
  const text = replyText(body);
  if (text === undefined) {
    const stream = body.kind === "events" ? body.stream() : body.kind === "stream" ? body.stream : null;
    return new Response(stream, { status, headers });
  }
  const bytes = encoder.encode([...text].join(""));
  headers.set("content-length", String(bytes.length));
  return new Response(bytes, { status, headers });
}

function headersOf(fields: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return headers;
}
