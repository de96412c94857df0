/** gRPC over HTTP/2: a client reads its outcome from `grpc-status`, not from the status of HTTP. */
import type { GatewayError } from "./gateway-error.ts";
import { HeaderList } from "./header-list.ts";
import type { RequestHead } from "./message.ts";

export const GRPC_STATUS = {
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** gRPC's own table for answers that do not come from a gRPC server. */
const BY_HTTP_STATUS: Readonly<Record<number, number>> = {
  400: GRPC_STATUS.internal,
  401: GRPC_STATUS.unauthenticated,
  403: GRPC_STATUS.permissionDenied,
  404: GRPC_STATUS.unimplemented,
  429: GRPC_STATUS.unavailable,
  502: GRPC_STATUS.unavailable,
  503: GRPC_STATUS.unavailable,
  504: GRPC_STATUS.unavailable,
};

/** Not gRPC-Web, which ends its answers in the body and may come over HTTP/1.1. */
export function isGrpc({ version, headers }: RequestHead): boolean {
  return version === "2" && /^application\/grpc($|[+; ])/i.test(headers.get("content-type") ?? "");
}

/** The fields that tell a gRPC client of the error: at the end of an answer that has begun, else instead of one. */
export function grpcOutcome(error: GatewayError, text: string): HeaderList {
  const status = error.grpcStatus ?? BY_HTTP_STATUS[error.status] ?? GRPC_STATUS.unknown;
  return HeaderList.of({ "grpc-status": String(status), "grpc-message": percentEncoded(text) });
}

/** As `grpc-message` wants it: printable ASCII stays, everything else becomes the bytes of its UTF-8. */
export function percentEncoded(text: string): string {
  let out = "";
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    out += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}
