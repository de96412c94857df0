/** Everything that the gateway itself answers instead of an instance: one table, one form. */
import { GRPC_STATUS, grpcOutcome, isGrpc } from "./grpc.ts";
import { HeaderList } from "./header-list.ts";
import type { Downstream } from "./message.ts";

export interface GatewayError {
  readonly status: number;
  /** Stable, for machines. */
  readonly reason: string;
  /** For people. Some texts are upstream's and part of its contract. */
  readonly message: string;
  /** For gRPC clients, where it is not the one that goes with `status`. */
  readonly grpcStatus?: number;
}

const table = <T extends Record<string, GatewayError>>(errors: T): T => errors;

export const gatewayErrors = table({
  noRoute: { status: 404, reason: "NoRoute", message: "no route for this host and path" },
  queueFull: { status: 503, reason: "QueueFull", message: "pending request queue full" },
  requestTimeout: { status: 504, reason: "RequestTimeout", message: "request timeout", grpcStatus: GRPC_STATUS.deadlineExceeded },
  waitTimeout: { status: 504, reason: "NoInstanceInTime", message: "activator request timeout" },
  startFailed: { status: 503, reason: "RevisionFailed", message: "Revision failed to start" },
  backendUnknown: { status: 503, reason: "BackendUnknown", message: "the route names a backend that does not exist" },
  backendFailed: { status: 502, reason: "BackendFailed", message: "the instance failed before it answered" },
});

/** The name under which the gateway speaks in its errors. */
const COMPONENT = "gateway";

/** Characters of a detail, which may be the last words of a program. */
const MAX_DETAIL = 1_000;

/** Answers the request with the error; `detail` is added to the message. */
export function sendError(downstream: Downstream, error: GatewayError, requestId: string, detail?: string): undefined {
  const text = textOf(error, detail);
  if (isGrpc(downstream.request)) return sendGrpcError(downstream, error, requestId, text);
  const body = Buffer.from(text);
  const headers = HeaderList.of({
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(body.length),
    "X-Content-Type-Options": "nosniff",
    ...identity(error, requestId),
  });
  sendWhole(downstream, error.status, headers, body);
}

/** Ends an answer that has begun. True if that could tell the client of the error. */
export function endWithError(downstream: Downstream, error: GatewayError, requestId: string, detail?: string): boolean {
  if (!isGrpc(downstream.request)) return false;
  downstream.sendEnd(grpcOutcome(error, `${textOf(error, detail)} (request ${requestId})`));
  downstream.flush();
  return true;
}

function textOf(error: GatewayError, detail: string | undefined): string {
  return detail === undefined ? error.message : `${error.message}: ${detail.trimEnd().slice(0, MAX_DETAIL)}`;
}

/** Headers without a body, which gRPC calls trailers-only. The message names the request, because clients show nothing else. */
function sendGrpcError(downstream: Downstream, error: GatewayError, requestId: string, text: string): undefined {
  const headers = HeaderList.of({ "Content-Type": "application/grpc", ...identity(error, requestId) });
  const outcome = grpcOutcome(error, `${text} (request ${requestId})`);
  outcome.keys.forEach((key, index) => headers.push(key, key, outcome.values[index] ?? ""));
  sendWhole(downstream, 200, headers, Buffer.alloc(0));
}

function identity({ reason }: GatewayError, requestId: string): Readonly<Record<string, string>> {
  return { "X-Request-Id": requestId, "Kinetic-Error": `${COMPONENT}; reason=${reason}; request-id=${requestId}` };
}

/** A short answer of our own; `headers` carry its Content-Length. */
export function sendWhole(downstream: Downstream, status: number, headers: HeaderList, body: Buffer): void {
  const bodiless = downstream.request.method === "HEAD";
  downstream.sendHead({ status, reason: "", headers, bodyLength: bodiless ? 0 : body.length });
  if (!bodiless && body.length > 0) downstream.sendData(body);
  downstream.sendEnd(undefined);
  downstream.flush();
}
