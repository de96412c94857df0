import type { IncomingHttpHeaders } from "node:http";

const PREFIX = "base64url.bearer.authorization.k8s.io.";

/** Pages cannot set headers of a WebSocket: their token comes as one of its protocols, and becomes the header it stands for. */
export function takeBearerProtocol(headers: IncomingHttpHeaders): void {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const token = offered.find((name) => name.startsWith(PREFIX));
  if (token === undefined || headers.authorization !== undefined) return;
  headers["sec-websocket-protocol"] = offered.filter((name) => !name.startsWith(PREFIX)).join(", ");
  headers.authorization = `Bearer ${Buffer.from(token.slice(PREFIX.length), "base64url").toString()}`;
}
