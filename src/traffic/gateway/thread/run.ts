/** The gateway's side: runs a gateway in a worker thread. */
import type { MessagePort } from "node:worker_threads";
import { createClient } from "../../../client/client.ts";
import { createInformers } from "../../../client/informers.ts";
import type { MessageEndpoint } from "../../../client/port-transport.ts";
import { portTransport } from "../../../client/port-transport.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import type { Random } from "../../../std/random.ts";
import { trafficViews } from "../../routes/traffic-view.ts";
import type { Gateway } from "../gateway.ts";
import { createGateway } from "../gateway.ts";
import type { FromGateway, ToGateway } from "./protocol.ts";

export interface GatewayThreadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Serves the main thread's messages until it says stop; then the port is closed and the thread can end. */
export function runGatewayThread(parentPort: MessagePort, options: GatewayThreadOptions): void {
  const thread = new GatewayThread(parentPort, options);
  parentPort.on("message", (message: ToGateway) => thread.onMessage(message));
}

class GatewayThread {
  readonly #port: MessagePort;
  readonly #options: GatewayThreadOptions;
  readonly #drains = new Map<number, AbortController>();
  readonly #resources = new AsyncDisposableStack();
  #gateway: Gateway | undefined;

  constructor(port: MessagePort, options: GatewayThreadOptions) {
    this.#port = port;
    this.#options = options;
  }

  onMessage(message: ToGateway): void {
    switch (message.type) {
      case "start":
        return void this.#start(message);
      case "drain":
        return void this.#drain(message);
      case "forget":
        return this.#drains.get(message.id)?.abort();
      case "stop":
        return void this.#stop();
    }
  }

  async #start({ config, transport }: ToGateway & { readonly type: "start" }): Promise<void> {
    this.#resources.defer(() => transport.close());
    try {
      const client = createClient({ transport: portTransport(transport as unknown as MessageEndpoint), userAgent: "kinetic-gateway" });
      const informers = this.#resources.use(createInformers({ client, ...this.#options, project: trafficViews() }));
      const statSink = (report: Parameters<Parameters<typeof createGateway>[0]["statSink"]>[0]) => this.#send({ type: "stats", report });
      this.#gateway = this.#resources.use(await createGateway({ ...this.#options, ...config, informers, statSink }));
      this.#send({ type: "listening", addresses: this.#gateway.addresses });
    } catch (error) {
      this.#send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  async #drain({ id, podUid }: ToGateway & { readonly type: "drain" }): Promise<void> {
    const controller = new AbortController();
    this.#drains.set(id, controller);
    try {
      await this.#gateway?.drainGate.drained(podUid, controller.signal);
      this.#send({ type: "drained", id });
    } catch {
      // The asker has given up: it does not wait for an answer.
    } finally {
      this.#drains.delete(id);
    }
  }

  async #stop(): Promise<void> {
    await this.#resources.disposeAsync();
    this.#send({ type: "stopped" });
    this.#port.close();
  }

  #send(message: FromGateway): void {
    this.#port.postMessage(message);
  }
}
