import { connect, constants } from "node:http2";
import { dialError, formatAddress, type Address } from "./address.ts";
import { failure, success, type ProbeOutcome } from "./outcome.ts";

const NAMES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
const SERVING = 1;

/** `grpc.health.v1.Health/Check` over HTTP/2 without TLS. */
export function probeGrpc(service: string, address: Address, signal: AbortSignal): Promise<ProbeOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome>();
  const session = connect(`http://${formatAddress(address)}`);
  const onAbort = () => resolve(failure(`timeout: failed to connect service "${formatAddress(address)}" within the deadline`));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  session.on("error", (error) => resolve(failure(`error: this server does not answer gRPC: ${dialError(error, address)}`)));
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: "POST",
    [constants.HTTP2_HEADER_PATH]: "/grpc.health.v1.Health/Check",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const chunks: Buffer[] = [];
  let status = "";
  const note = (headers: Readonly<Record<string, unknown>>) => void (status = String(headers["grpc-status"] ?? status));
  stream.on("response", note);
  stream.on("trailers", note);
  stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
  stream.on("error", (error) => resolve(failure(`error: health rpc failed: ${error.message}`)));
  stream.on("end", () => resolve(outcome(status, Buffer.concat(chunks))));
  stream.end(frame(service));
  return promise.finally(() => {
    signal.removeEventListener("abort", onAbort);
    session.destroy();
  });
}

/** Length-prefixed HealthCheckRequest: field 1, the service's name. */
function frame(service: string): Buffer {
  const name = Buffer.from(service);
  const body = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** HealthCheckResponse: field 1, a varint below 128. */
function outcome(status: string, data: Buffer): ProbeOutcome {
  if (status !== "" && status !== "0") return failure(`error: health rpc failed: rpc error: code = ${status}`);
  const serving = data[5] === 0x08 ? (data[6] ?? 0) : 0;
  return serving === SERVING ? success : failure(`service unhealthy (responded with "${NAMES[serving] ?? serving}")`);
}
