import { STATUS_CODES } from "node:http";
import type { HttpResponse } from "./http.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_TEXT = 300;

/** What a registry says in an answer that is none, for people: its error codes and messages, else its first words. */
export async function wordsOf(response: HttpResponse): Promise<string> {
  const status = `unexpected status code ${response.status} ${STATUS_CODES[response.status] ?? ""}`.trimEnd();
  const bytes = await readAtMost(response, MAX_ERROR_BYTES).catch(() => undefined);
  const text = bytes === undefined ? "" : bytes.toString("utf8");
  if (isHtml(response, text)) {
    const page = `an HTML page${titleOf(text)}: is there a registry at this address?`;
    return response.status === 200 ? `the answer is ${page}` : `${status}, and ${page}`;
  }
  const errors = errorsIn(text);
  if (errors !== undefined) return errors;
  const plain = printable(text);
  return plain === "" ? status : `${status}: ${plain}`;
}

export function isHtml(response: HttpResponse, text = ""): boolean {
  return /^text\/html/i.test(response.header("content-type") ?? "") || /^\s*<(!doctype html|html)/i.test(text);
}

/** undefined when the body is longer. Rejects when the connection breaks. */
export async function readAtMost(response: HttpResponse, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > limit) {
      response.discard();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface ErrorEntry {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly detail?: unknown;
}

/** `CODE: message; detail` of each error that the distribution specification's form holds, or a token service's. */
function errorsIn(text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { errors, details, message, error } = (json ?? {}) as Record<string, unknown>;
  if (Array.isArray(errors) && errors.length > 0)
    return errors
      .slice(0, 5)
      .map((entry) => describe(entry as ErrorEntry))
      .join("; ");
  const told = [details, message, error].find((value) => typeof value === "string" && value !== "");
  return told === undefined ? undefined : printable(told as string);
}

function describe(entry: ErrorEntry | null): string {
  const { code, message, detail } = entry ?? {};
  const words = [code, message].filter((part): part is string => typeof part === "string" && part !== "").map((part) => printable(part));
  const more = detail === undefined || detail === null ? "" : `; ${typeof detail === "string" ? detail : JSON.stringify(detail)}`;
  return `${words.join(": ")}${printable(more, 120)}`;
}

function titleOf(text: string): string {
  const title = printable(/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? "");
  return title === "" ? "" : ` ("${title}")`;
}

/** One line, no control characters, not too long. */
export function printable(text: string, limit = MAX_TEXT): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trimEnd();
  return line.length > limit ? `${line.slice(0, limit)}...` : line;
}

/** A failure on the way to a registry, in the words that container tools use for it. */
export function networkWords(error: unknown, url: URL): string {
  const failure = error as NodeJS.ErrnoException & { readonly address?: string; readonly port?: number; readonly errors?: unknown[] };
  const [first] = failure.errors ?? [];
  if (first !== undefined) return networkWords(first, url);
  const address = failure.address === undefined ? url.host : `${failure.address}:${failure.port ?? ""}`;
  switch (failure.code) {
    case "ENOTFOUND":
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case "EAI_AGAIN":
      return `dial tcp: lookup ${url.hostname}: the name server does not answer`;
    case "ECONNREFUSED":
      return `dial tcp ${address}: connect: connection refused`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `dial tcp ${address}: connect: no route to host`;
    case "ETIMEDOUT":
      return `dial tcp ${address}: i/o timeout`;
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return "the registry closed the connection";
    default:
      return isTls(failure.code) ? `tls: failed to verify certificate: ${failure.message}` : printable(failure.message ?? String(error));
  }
}

function isTls(code = ""): boolean {
  return /CERT|^ERR_TLS|SIGNATURE|^ERR_SSL/.test(code);
}
