import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Connection, Dialed, PortSession } from "../../../api/ports/pod-streams.ts";
import { dialError, type Address } from "../probes/address.ts";
import type { SessionInput, StreamedPod } from "./session.ts";
import { apiError } from "../../../api/meta/errors.ts";

const DIAL_MS = 10_000;

/**
 * Connections to the ports of one pod.
 *
 * - I1 a pod that shares the address of its node gives access to its own ports alone, never to others of the node.
 */
export function portSession({ pod, streamed, nodeIp }: SessionInput): PortSession {
  const { name = "", namespace = "", uid = "" } = pod.metadata;
  if (streamed === undefined || streamed.sandbox.running.size === 0) {
    throw apiError(
      "InternalError",
      `Internal error occurred: unable to upgrade connection: pod not found (${JSON.stringify(`${name}_${namespace}`)})`,
    );
  }
  const dial = async (port: number, signal: AbortSignal): Promise<Dialed> => {
    const ip = streamed.pod.status?.podIP ?? nodeIp;
    const own = ip === nodeIp ? await ownPort(streamed, port) : port; // I1
    const dialed =
      own === undefined
        ? failed(dialError({ code: "ECONNREFUSED" }, { ip, port }))
        : await dialTcp({ ip, port: own }, signal, streamed.signal);
    if (dialed.kind === "connected") return dialed;
    return failed(`error forwarding port ${port} to pod ${name}, uid ${uid}: ${dialed.message}`);
  };
  return { kind: "ports", dial };
}

/** Where a port of the pod is on its node. One that is not declared is its own if one of its programs listens there. */
async function ownPort({ sandbox }: StreamedPod, port: number): Promise<number | undefined> {
  const known = sandbox.ports.get(port);
  if (known !== undefined) return known;
  const listening = await Promise.all(Array.from(sandbox.running.values(), (container) => container.listeningPorts()));
  return listening.some((ports) => ports?.includes(port)) ? port : undefined;
}

async function dialTcp({ ip, port }: Address, signal: AbortSignal, podGone: AbortSignal): Promise<Dialed> {
  const socket = connect({ host: ip, port, allowHalfOpen: true, noDelay: true });
  socket.on("error", () => {}); // seen as its end
  socket.setTimeout(DIAL_MS, () => socket.destroy(new Error("i/o timeout")));
  try {
    await once(socket, "connect", { signal });
    socket.setTimeout(0);
    const cut = () => void socket.destroy();
    podGone.addEventListener("abort", cut, { once: true });
    socket.once("close", () => podGone.removeEventListener("abort", cut));
    return { kind: "connected", connection: connectionOf(socket) };
  } catch (error) {
    socket.destroy();
    return failed(dialError(error, { ip, port }));
  }
}

function failed(message: string): Dialed {
  return { kind: "failed", message };
}

function connectionOf(socket: Socket): Connection {
  return {
    incoming: socket as AsyncIterable<Buffer>,
    write: async (bytes) => {
      if (socket.destroyed || !socket.writable) throw new Error("the connection is closed");
      if (socket.write(bytes)) return;
      const stop = new AbortController();
      await Promise.race([once(socket, "drain", stop), once(socket, "close", stop)]).finally(() => stop.abort());
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
