/**
 * The one parser of HTTP/1.1 heads, for requests and responses. It refuses what two parsers could read differently:
 * H1 lines end in CRLF only, no bare CR or LF. H2 no whitespace before the colon, no folded lines. H3 at most one
 * Content-Length, never beside Transfer-Encoding. H4 Transfer-Encoding is exactly `chunked`.
 * H5 exactly one Host in HTTP/1.1. H6 no control characters anywhere.
 */
import { HeaderList } from "../header-list.ts";
import type { RequestHead, ResponseHead } from "../message.ts";
import { UNKNOWN_LENGTH } from "../message.ts";

/** Why a message is refused, with the status that tells a client so. */
export interface Malformed {
  readonly kind: "malformed";
  readonly status: 400 | 405 | 414 | 431 | 501 | 505;
  readonly reason: string;
}

export type RequestResult = { readonly kind: "request"; readonly head: RequestHead; readonly keepAlive: boolean } | Malformed;
export type ResponseResult = { readonly kind: "response"; readonly head: ResponseHead; readonly keepAlive: boolean } | Malformed;

export interface HeadLimits {
  /** Bytes of start line and fields together. */
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxTargetBytes: number;
}

export const defaultHeadLimits: HeadLimits = { maxHeadBytes: 64 * 1024, maxHeaders: 200, maxTargetBytes: 16 * 1024 };

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const TARGET = /^[\x21-\x7e]+$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- finding them is the point
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const HOST = /^(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/** A tunnel to anywhere, and the preface of HTTP/2 (RFC 9113 3.4). */
const NOT_FORWARDED = ["CONNECT", "PRI"];

const malformed = (status: Malformed["status"], reason: string): Malformed => ({ kind: "malformed", status, reason });

/** `text` is the head without its last empty line. */
export function parseRequestHead(text: string, limits: HeadLimits = defaultHeadLimits): RequestResult {
  const lineEnd = text.indexOf("\r\n");
  const line = REQUEST_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (line === null) return malformed(400, "malformed request line");
  const [, method = "", rawTarget = "", major, minor] = line;
  if (major !== "1" || (minor !== "0" && minor !== "1")) return malformed(505, "HTTP version not supported");
  if (NOT_FORWARDED.includes(method)) return malformed(405, "method not supported");
  if (rawTarget.length > limits.maxTargetBytes) return malformed(414, "request target too long");
  const headers = parseFields(text, lineEnd, limits.maxHeaders);
  if (!(headers instanceof HeaderList)) return headers;
  return assembleRequest({ method, rawTarget, version: minor === "1" ? "1.1" : "1.0", headers });
}

interface RequestParts {
  readonly method: string;
  readonly rawTarget: string;
  readonly version: "1.0" | "1.1";
  readonly headers: HeaderList;
}

function assembleRequest({ method, rawTarget, version, headers }: RequestParts): RequestResult {
  const summary = summarize(headers);
  if (typeof summary === "string") return malformed(400, summary);
  const where = locate(method, rawTarget, summary.host);
  if (where === undefined) return malformed(400, "malformed request target");
  if (version === "1.1" && summary.hosts !== 1) return malformed(400, "exactly one Host is required"); // H5
  if (summary.hosts > 1 || (where.authority !== "" && !HOST.test(where.authority))) return malformed(400, "malformed Host");
  const bodyLength = requestLength(summary, version);
  if (typeof bodyLength !== "number") return bodyLength;
  const keepAlive = keepsAlive(version, summary.connection);
  const upgrade = version === "1.1" && bodyLength === 0 && hasToken(summary.connection, "upgrade") ? switchTo(summary.upgrade) : undefined;
  const expectContinue = version === "1.1" && summary.expect?.toLowerCase() === "100-continue";
  const head = { method, target: where.target, authority: where.authority, headers, version, bodyLength, expectContinue, upgrade };
  return { kind: "request", head, keepAlive };
}

/**
 * What may be upgraded to, without HTTP/2: that is spoken with prior knowledge only, an offer of it may be ignored, and an
 * instance that took it would be talked to past everything that the gateway checks.
 */
function switchTo(protocols: string | undefined): string | undefined {
  if (protocols === undefined || !/h2c/i.test(protocols)) return protocols;
  const rest = protocols.split(",").map((protocol) => protocol.trim());
  return rest.filter((protocol) => protocol !== "" && protocol.toLowerCase() !== "h2c").join(", ") || undefined;
}

/** Whether what came over HTTP/2 can be written as HTTP/1.1 and be read as the same request. */
export function isPlainRequest(method: string, target: string, authority: string, headers: HeaderList): boolean {
  const plain = TOKEN.test(method) && TARGET.test(target) && HOST.test(authority);
  return plain && headers.names.every((name) => TOKEN.test(name)) && !headers.values.some((value) => CONTROL.test(value));
}

/** Origin form, asterisk form or absolute form, the latter naming the host. */
function locate(method: string, rawTarget: string, host: string | undefined) {
  if (rawTarget.startsWith("/")) return { target: rawTarget, authority: host ?? "" };
  if (rawTarget === "*") return method === "OPTIONS" ? { target: "*", authority: host ?? "" } : undefined;
  const absolute = ABSOLUTE_FORM.exec(rawTarget);
  if (absolute === null) return undefined;
  const rest = absolute[2] ?? "/";
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority: absolute[1] ?? "" };
}

/** `text` is the head without its last empty line; `method` is the request's, because HEAD answers have no body. */
export function parseResponseHead(text: string, method: string, limits: HeadLimits = defaultHeadLimits): ResponseResult {
  const lineEnd = text.indexOf("\r\n");
  const line = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (line === null) return malformed(400, "malformed status line");
  const headers = parseFields(text, lineEnd, limits.maxHeaders);
  if (!(headers instanceof HeaderList)) return headers;
  const summary = summarize(headers);
  if (typeof summary === "string") return malformed(400, summary);
  const status = Number(line[2]);
  const bodyLength = responseLength(summary, status, method);
  if (typeof bodyLength !== "number") return bodyLength;
  const closeDelimited = bodyLength === UNKNOWN_LENGTH && summary.transferEncoding === undefined;
  const keepAlive = !closeDelimited && keepsAlive(line[1] === "1" ? "1.1" : "1.0", summary.connection);
  return { kind: "response", head: { status, reason: line[3] ?? "", headers, bodyLength }, keepAlive };
}

/** The fields after the start line, which ends at `from`. Also reads trailer sections (`from` = -2). */
export function parseFields(text: string, from: number, maxHeaders: number): HeaderList | Malformed {
  const headers = new HeaderList();
  if (from === -1) return headers;
  for (let start = from + 2; start < text.length;) {
    const newline = text.indexOf("\r\n", start);
    const end = newline < 0 ? text.length : newline;
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon >= end) return malformed(400, "header line without a colon");
    const name = text.slice(start, colon);
    if (!TOKEN.test(name)) return malformed(400, "malformed header name"); // H2
    const value = trimBlanks(text, colon + 1, end);
    if (CONTROL.test(value)) return malformed(400, "control character in a header value"); // H1, H6
    if (headers.length >= maxHeaders) return malformed(431, "too many header fields");
    headers.append(name, value);
    start = end + 2;
  }
  return headers;
}

/** The value between two places without the spaces and tabs around it; other white space is part of it, or a reason to refuse. */
function trimBlanks(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

interface Summary {
  host: string | undefined;
  hosts: number;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  connection: string;
  upgrade: string | undefined;
  expect: string | undefined;
}

/** The fields that framing and routing need, in one pass. A text says why the message is refused. */
function summarize(headers: HeaderList): Summary | string {
  const summary: Summary = {
    host: undefined,
    hosts: 0,
    contentLength: undefined,
    transferEncoding: undefined,
    connection: "",
    upgrade: undefined,
    expect: undefined,
  };
  const { keys, values } = headers;
  for (let index = 0; index < keys.length; index++) {
    const problem = note(summary, keys[index] ?? "", values[index] ?? "");
    if (problem !== undefined) return problem;
  }
  return summary;
}

function note(summary: Summary, key: string, value: string): string | undefined {
  switch (key) {
    case "host":
      summary.host = value;
      summary.hosts++;
      return undefined;
    case "content-length":
      if (summary.contentLength !== undefined) return "more than one Content-Length"; // H3
      summary.contentLength = value;
      return undefined;
    case "transfer-encoding":
      if (summary.transferEncoding !== undefined) return "more than one Transfer-Encoding";
      summary.transferEncoding = value;
      return undefined;
    case "connection":
      summary.connection = summary.connection === "" ? value.toLowerCase() : `${summary.connection},${value.toLowerCase()}`;
      return undefined;
    case "upgrade":
      summary.upgrade = value;
      return undefined;
    case "expect":
      summary.expect = value;
      return undefined;
    default:
      return undefined;
  }
}

function requestLength(summary: Summary, version: string): number | Malformed {
  if (summary.transferEncoding !== undefined && version === "1.0") return malformed(400, "Transfer-Encoding in HTTP/1.0");
  return framedLength(summary, 0);
}

/** The framing is checked even where no body follows: an answer to HEAD tells what the one to GET is like. */
function responseLength(summary: Summary, status: number, method: string): number | Malformed {
  const length = framedLength(summary, UNKNOWN_LENGTH);
  const bodiless = status < 200 || status === 204 || status === 304 || method === "HEAD";
  return bodiless && typeof length === "number" ? 0 : length;
}

function framedLength({ transferEncoding, contentLength }: Summary, unstated: number): number | Malformed {
  if (transferEncoding === undefined) return contentLength === undefined ? unstated : parseLength(contentLength);
  if (contentLength !== undefined) return malformed(400, "Content-Length beside Transfer-Encoding"); // H3
  return transferEncoding.toLowerCase() === "chunked" ? UNKNOWN_LENGTH : malformed(501, "unknown Transfer-Encoding"); // H4
}

function parseLength(text: string): number | Malformed {
  return /^\d{1,15}$/.test(text) ? Number(text) : malformed(400, "malformed Content-Length");
}

function keepsAlive(version: "1.0" | "1.1", connection: string): boolean {
  if (connection === "") return version === "1.1";
  if (hasToken(connection, "close")) return false;
  return version === "1.1" || hasToken(connection, "keep-alive");
}

/** Whether a comma-separated, lower-case list names `token`. */
export function hasToken(list: string, token: string): boolean {
  return list === token || (list !== "" && list.split(",").some((item) => item.trim() === token));
}
