/** The main thread's side of an event plane that runs in a worker. */
import { MessageChannel, type Worker } from "node:worker_threads";
import { portTransport, serveTransport, type MessageEndpoint } from "../../client/port-transport.ts";
import type { Transport } from "../../client/types.ts";
import type { EventPlaneState } from "../../api/ports/events.ts";
import type { EventThreadConfig, FromEvents, ToEvents } from "./protocol.ts";

export interface StartEventsOptions {
  /** Where the thread's informers read. */
  readonly transport: Transport;
  readonly config: EventThreadConfig;
  readonly onState: (state: EventPlaneState) => void;
}

export interface EventThreadHandle extends AsyncDisposable {
  /** Of the broker ingress. */
  readonly port: number;
  /** The API group observe.kinetic.dev. Rejects when the thread ends. */
  readonly observe: Transport;
  /** Resolves when the thread has ended; with an error if nobody asked it to. */
  readonly ended: Promise<Error | undefined>;
}

/** Resolves when the ingress listens. Rejects when it cannot, or when the thread dies before. */
export async function startEventThread(worker: Worker, { transport, config, onState }: StartEventsOptions): Promise<EventThreadHandle> {
  const channel = new MessageChannel();
  const observing = new MessageChannel();
  const gone = new AbortController();
  const serving = serveTransport(channel.port1 as unknown as MessageEndpoint, transport);
  const listening = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<Error | undefined>();
  let isStopping = false;
  const onEnd = (error: Error | undefined) => {
    listening.reject(error ?? new Error("the event plane was stopped"));
    ended.resolve(error);
    gone.abort(error ?? new Error("the event plane was stopped"));
  };
  listening.promise.catch(() => {});
  worker.on("message", (message: FromEvents) => {
    if (message.type === "listening") listening.resolve(message.port);
    else if (message.type === "failed") listening.reject(new Error(message.message));
    else if (message.type === "state") onState(message.state);
  });
  worker.on("error", (error) => onEnd(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", (code) => onEnd(isStopping ? undefined : new Error(`the event plane's thread ended with code ${code}`)));
  const send = (message: ToEvents, transfer: Parameters<Worker["postMessage"]>[1] = []) => worker.postMessage(message, transfer);
  const stop = async () => {
    isStopping = true;
    send({ type: "stop" });
    await ended.promise;
    serving[Symbol.dispose]();
    channel.port1.close();
    observing.port1.close();
  };
  send({ type: "start", config, transport: channel.port2, observe: observing.port2 }, [channel.port2, observing.port2]);
  const asked = portTransport(observing.port1 as unknown as MessageEndpoint);
  const observe: Transport = (request) => asked(new Request(request, { signal: AbortSignal.any([request.signal, gone.signal]) }));
  try {
    return { port: await listening.promise, observe, ended: ended.promise, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
