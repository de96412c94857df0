import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import { payloadOf, setPayload } from "../../../api/meta/payload.ts";
import { replyText } from "./respond.ts";

const NO_BODY = new Set(["GET", "HEAD"]);

export interface IncomingOptions {
  /** Of the body, in bytes. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

export type Incoming = { readonly kind: "request"; readonly request: Request } | { readonly kind: "tooLarge" } | { readonly kind: "gone" };

/** A node request as a `Request` with its body as payload. `origin` is e.g. `https://localhost:6443`. */
export async function toRequest(message: IncomingMessage, origin: string, options: IncomingOptions): Promise<Incoming> {
  const method = message.method ?? "GET";
  const body = NO_BODY.has(method) ? undefined : await collect(message, options.limit);
  if (body === "tooLarge" || body === "gone") return { kind: body };
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && !name.startsWith(":")) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const { signal } = options;
  const request = new Request(new URL(message.url ?? "/", origin), { method, headers, ...(signal === undefined ? {} : { signal }) });
  return { kind: "request", request: setPayload(request, body === undefined ? { kind: "none" } : { kind: "bytes", bytes: body }) };
}

async function collect(message: IncomingMessage, limit: number): Promise<Buffer | "tooLarge" | "gone"> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) return "tooLarge";
      parts.push(part);
    }
  } catch {
    return "gone";
  }
  return Buffer.concat(parts, size);
}

/** Sends a `Response` or its payload; a body of unknown length is streamed at the speed of the client. */
export async function sendResponse(response: Response, out: ServerResponse): Promise<void> {
  const text = replyText(response);
  if (text !== undefined) {
    out.writeHead(response.status, { ...headersOf(response), "content-length": Buffer.byteLength(text) });
    return void out.end(text); // as text: head and body become one write
  }
  out.writeHead(response.status, headersOf(response));
  const payload = payloadOf(response);
  if (payload?.kind === "events") {
    out.flushHeaders();
    return pump(payload.stream(), out);
  }
  if (response.body === null) return void out.end();
  if (response.headers.has("content-length")) return void out.end(new Uint8Array(await response.arrayBuffer()));
  out.flushHeaders();
  await pump(response.body, out);
}

function headersOf(response: Response): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) headers[name] = value;
  const warnings = response.headers.get("warning");
  if (warnings !== null) headers["warning"] = warnings.split(/, (?=299 )/);
  return headers;
}

async function pump(body: ReadableStream<Uint8Array>, out: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const onClose = () => void reader.cancel().catch(() => {});
  out.once("close", onClose);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (out.destroyed) return;
      if (!out.write(part.value)) await Promise.race([once(out, "drain"), once(out, "close")]);
    }
    out.end();
  } catch {
    out.destroy(); // the stream broke in the middle: the client must not take it for whole
  } finally {
    out.off("close", onClose);
  }
}
