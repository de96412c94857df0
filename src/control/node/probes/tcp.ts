import { connect } from "node:net";
import { dialError, formatAddress, type Address } from "./address.ts";
import { failure, success, type ProbeOutcome } from "./outcome.ts";

/** A connection is made and closed. */
export function probeTcp(address: Address, signal: AbortSignal): Promise<ProbeOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome>();
  const socket = connect({ host: address.ip, port: address.port });
  const onAbort = () => resolve(failure(`dial tcp ${formatAddress(address)}: i/o timeout`));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  socket.once("connect", () => resolve(success));
  socket.on("error", (error) => resolve(failure(dialError(error, address))));
  return promise.finally(() => {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  });
}
