/** The main thread's side of a gateway that runs in a worker. */
import { MessageChannel, type Worker } from "node:worker_threads";
import type { DrainGate } from "../../../api/ports/drain.ts";
import type { StatSink } from "../../../api/ports/stats.ts";
import type { MessageEndpoint } from "../../../client/port-transport.ts";
import { serveTransport } from "../../../client/port-transport.ts";
import type { Transport } from "../../../client/types.ts";
import { abortable } from "../../../std/abort.ts";
import type { Gateway } from "../gateway.ts";
import type { FromGateway, GatewayThreadConfig, ToGateway } from "./protocol.ts";

export interface StartGatewayOptions {
  /** Where the thread's informers read. */
  readonly transport: Transport;
  readonly statSink: StatSink;
  readonly config: GatewayThreadConfig;
}

export interface GatewayThreadHandle extends AsyncDisposable {
  readonly drainGate: DrainGate;
  readonly addresses: Gateway["addresses"];
  /** Resolves when the thread has ended; with an error if nobody asked it to. */
  readonly ended: Promise<Error | undefined>;
}

/** Resolves when the gateway listens. Rejects when it cannot, or when its thread dies before. */
export async function startGatewayThread(worker: Worker, options: StartGatewayOptions): Promise<GatewayThreadHandle> {
  const channel = new MessageChannel();
  const serving = serveTransport(channel.port1 as unknown as MessageEndpoint, options.transport);
  const link = new GatewayLink(worker, options.statSink);
  link.send({ type: "start", config: options.config, transport: channel.port2 }, [channel.port2]);
  const close = async () => {
    await link.stop();
    serving[Symbol.dispose]();
    channel.port1.close();
  };
  try {
    const addresses = await link.listening;
    return { drainGate: link, addresses, ended: link.ended, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

class GatewayLink implements DrainGate {
  readonly #worker: Worker;
  readonly #statSink: StatSink;
  readonly #listening = Promise.withResolvers<Gateway["addresses"]>();
  readonly #ended = Promise.withResolvers<Error | undefined>();
  readonly #drains = new Map<number, () => void>();
  #lastId = 0;
  #stopping = false;
  #over = false;

  constructor(worker: Worker, statSink: StatSink) {
    this.#worker = worker;
    this.#statSink = statSink;
    worker.on("message", (message: FromGateway) => this.#onMessage(message));
    worker.on("error", (error) => this.#onEnd(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", (code) => this.#onEnd(this.#stopping ? undefined : new Error(`the gateway's thread ended with code ${code}`)));
  }

  get listening(): Promise<Gateway["addresses"]> {
    return this.#listening.promise;
  }

  get ended(): Promise<Error | undefined> {
    return this.#ended.promise;
  }

  send(message: ToGateway, transfer: Parameters<Worker["postMessage"]>[1] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async drained(podUid: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#over) return; // with its thread every request of the gateway has ended
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drains.set(id, resolve);
    this.send({ type: "drain", id, podUid });
    try {
      await abortable(promise, signal);
    } catch (error) {
      this.send({ type: "forget", id });
      throw error;
    } finally {
      this.#drains.delete(id);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#over) return;
    this.send({ type: "stop" });
    await this.#ended.promise;
  }

  #onMessage(message: FromGateway): void {
    switch (message.type) {
      case "listening":
        return this.#listening.resolve(message.addresses);
      case "failed":
        return this.#listening.reject(new Error(message.message));
      case "stats":
        return this.#statSink(message.report);
      case "drained":
        return this.#drains.get(message.id)?.();
      case "stopped":
        return; // `exit` follows
    }
  }

  #onEnd(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#listening.reject(error ?? new Error("the gateway was stopped"));
    this.#listening.promise.catch(() => {});
    for (const resolve of this.#drains.values()) resolve();
    this.#ended.resolve(error);
  }
}
