import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiReply, ApiRequest } from "../../../api/meta/payload.ts";
import { replyText } from "./respond.ts";

const NO_BODY = new Set(["GET", "HEAD"]);

export interface IncomingOptions {
  /** Of the body, in bytes. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

export type Incoming =
  | { readonly kind: "request"; readonly request: ApiRequest }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "gone" };

/** A node request with its body. */
export async function readMessage(message: IncomingMessage, { limit, signal }: IncomingOptions): Promise<Incoming> {
  const { method = "GET" } = message;
  const bytes = NO_BODY.has(method) ? undefined : await collect(message, limit);
  if (bytes === "tooLarge" || bytes === "gone") return { kind: bytes };
  // Of all headers only set-cookie comes as an array, and nobody reads that of a request.
  const headers = message.headers as ApiRequest["headers"];
  const body = bytes === undefined ? ({ kind: "none" } as const) : ({ kind: "bytes", bytes } as const);
  return { kind: "request", request: { method, target: targetOf(message.url ?? "/"), headers, signal, body } };
}

/** Dots and whole URLs are resolved as browsers do; the rest of a path is taken as it is. */
function targetOf(url: string): string {
  if (url.startsWith("/") && !url.includes("/.") && !url.includes("/%2")) return url;
  const { pathname, search } = url.startsWith("/") ? new URL(`https://localhost${url}`) : new URL(url, "https://localhost");
  return pathname + search;
}

function collect(message: IncomingMessage, limit: number): Promise<Buffer | "tooLarge" | "gone"> {
  const { promise, resolve } = Promise.withResolvers<Buffer | "tooLarge" | "gone">();
  if (message.destroyed) return Promise.resolve("gone");
  const parts: Buffer[] = [];
  let size = 0;
  message.on("data", (part: Buffer) => {
    size += part.length;
    if (size <= limit) return void parts.push(part);
    parts.length = 0;
    resolve("tooLarge");
  });
  message.once("end", () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)));
  message.once("close", () => resolve("gone"));
  return promise;
}

/** Sends an answer; a body of unknown length is streamed at the speed of the client. */
export async function sendReply({ status, headers, body }: ApiReply, out: ServerResponse): Promise<void> {
  const text = replyText(body);
  if (text !== undefined) return sendText(status, headers, text[Symbol.iterator](), out);
  out.writeHead(status, headers);
  if (body.kind !== "events" && body.kind !== "stream") return void out.end();
  out.flushHeaders();
  await pump(body.kind === "events" ? body.stream() : body.stream, out);
}

/** What is one piece goes as one write with its head; longer texts are made at the speed of the client. */
async function sendText(status: number, headers: ApiReply["headers"], text: Iterator<string>, out: ServerResponse): Promise<void> {
  const first = text.next();
  let next = text.next();
  const head = first.done === true ? "" : first.value;
  if (next.done === true) {
    out.writeHead(status, { ...headers, "content-length": Buffer.byteLength(head) });
    return void out.end(head);
  }
  out.writeHead(status, headers);
  out.write(head);
  for (; next.done !== true; next = text.next()) {
    if (out.destroyed) return;
    if (!out.write(next.value)) await drained(out);
  }
  out.end();
}

/** Resolves when the client has taken what was written, or has gone. */
function drained(out: ServerResponse): Promise<void> {
  if (out.destroyed) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    out.off("drain", done);
    out.off("close", done);
    resolve();
  };
  out.on("drain", done);
  out.on("close", done);
  return promise;
}

async function pump(body: ReadableStream<Uint8Array>, out: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const onClose = () => void reader.cancel().catch(() => {});
  out.once("close", onClose);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (out.destroyed) return;
      if (!out.write(part.value)) await drained(out);
    }
    out.end();
  } catch {
    out.destroy(); // the stream broke in the middle: the client must not take it for whole
  } finally {
    out.off("close", onClose);
  }
}
