import { STATUS_CODES } from "node:http";

export const reasonPhrase = (status: number): string => STATUS_CODES[status] ?? "Unknown";

/** The answer to bytes that are not a request; the connection ends with it. */
export function malformedAnswer(status: number, reason: string, requestId: string): string {
  const fields = [
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${reason.length}`,
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    `Kinetic-Error: gateway; reason=MalformedRequest; request-id=${requestId}`,
    "Connection: close",
  ];
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${fields.join("\r\n")}\r\n\r\n${reason}`;
}
