import type { Duplex } from "node:stream";
import type { PortSession } from "../../../api/ports/pod-streams.ts";
import { join } from "./join.ts";
import { SpdyConnection, type SpdyStream } from "./spdy/connection.ts";
import { ClientGone } from "./paced-writer.ts";

/**
 * `kubectl port-forward`: each forwarded connection is a pair of streams with one request id. The error stream has words
 * when it failed, and ends with it.
 */
export async function serveSpdyPorts(session: PortSession, duplex: Duplex, closing: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, closing]);
  const pairs = new Pairs((error, data) => void forward(session, { error, data }, signal));
  await new SpdyConnection(duplex, (stream) => pairs.add(stream)).run();
  gone.abort(new ClientGone());
}

interface Pair {
  readonly error: SpdyStream;
  readonly data: SpdyStream;
}

/** Streams that wait for the other one of their pair; a connection has few. */
class Pairs {
  readonly #waiting = new Map<string, SpdyStream>();
  readonly #onPair: (error: SpdyStream, data: SpdyStream) => void;

  constructor(onPair: (error: SpdyStream, data: SpdyStream) => void) {
    this.#onPair = onPair;
  }

  add(stream: SpdyStream): void {
    const type = stream.headers.get("streamtype");
    const port = portOf(stream);
    if ((type !== "data" && type !== "error") || port === undefined) return stream.reset("protocolError");
    // Clients of long ago name no request: the error stream comes right before the data stream.
    const request = stream.headers.get("requestid") ?? String(type === "error" ? stream.id : stream.id - 2);
    const other = this.#waiting.get(request);
    if (other === undefined) return void this.#waiting.set(request, stream);
    this.#waiting.delete(request);
    if (other.headers.get("streamtype") === type || portOf(other) !== port)
      return [stream, other].forEach((one) => one.reset("protocolError"));
    if (type === "data") this.#onPair(other, stream);
    else this.#onPair(stream, other);
  }
}

function portOf({ headers }: SpdyStream): number | undefined {
  const port = Number(headers.get("port") ?? "");
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

async function forward(session: PortSession, { error, data }: Pair, signal: AbortSignal): Promise<void> {
  const dialed = await session.dial(portOf(data) ?? 0, signal);
  if (dialed.kind === "failed") {
    await error.write(Buffer.from(dialed.message)).catch(() => {});
    data.reset("cancel");
  } else await join(data, dialed.connection, signal);
  error.end();
}
