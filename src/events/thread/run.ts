/** The event plane's side: runs journal, ingress, deliveries and sources in a worker thread. */
import type { MessagePort } from "node:worker_threads";
import { createClient } from "../../client/client.ts";
import { createInformers } from "../../client/informers.ts";
import { portTransport, serveTransport, type MessageEndpoint } from "../../client/port-transport.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import { HttpSender } from "../delivery/sender.ts";
import { DEFAULT_LIMITS } from "../journal/contract.ts";
import { openJournal } from "../journal/journal.ts";
import { nodeJournalDisk } from "../journal/node-disk.ts";
import { recordEventTypes } from "../plane/event-types.ts";
import { clusterLocator } from "../plane/locate.ts";
import { EventPlane } from "../plane/plane.ts";
import type { FromEvents, ToEvents } from "./protocol.ts";

export interface EventThreadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Serves the main thread's messages until it says stop; then the port is closed and the thread can end. */
export function runEventThread(parentPort: MessagePort, options: EventThreadOptions): void {
  const resources = new AsyncDisposableStack();
  const send = (message: FromEvents) => parentPort.postMessage(message);
  parentPort.on("message", (message: ToEvents) => {
    if (message.type === "start") {
      start(message, { ...options, resources, send }).catch((error: unknown) =>
        send({ type: "failed", message: error instanceof Error ? error.message : String(error) }),
      );
    } else {
      void resources.disposeAsync().finally(() => {
        send({ type: "stopped" });
        parentPort.close();
      });
    }
  });
}

interface Starting extends EventThreadOptions {
  readonly resources: AsyncDisposableStack;
  readonly send: (message: FromEvents) => void;
}

async function start(
  { config, transport, observe }: ToEvents & { readonly type: "start" },
  { resources, send, ...world }: Starting,
): Promise<void> {
  resources.defer(() => transport.close());
  resources.defer(() => observe.close());
  const opened = openJournal({ disk: nodeJournalDisk(), clock: world.clock, logger: world.logger, folder: config.folder });
  if (opened.kind !== "ok") throw new Error(opened.message);
  const journal = resources.use(opened.journal);
  const client = createClient({ transport: portTransport(transport as unknown as MessageEndpoint), userAgent: "kinetic-events" });
  const informers = resources.use(createInformers({ client, ...world }));
  const locate = clusterLocator(informers, world.random);
  const sender = resources.use(new HttpSender({ clock: world.clock, locate, maxAnswerBytes: DEFAULT_LIMITS.eventBytes }));
  const plane = resources.use(
    await EventPlane.start({
      ...world,
      client,
      informers,
      journal,
      sender,
      limits: DEFAULT_LIMITS,
      ingress: config.ingress,
      onState: (state) => send({ type: "state", state }),
    }),
  );
  resources.use(serveTransport(observe as unknown as MessageEndpoint, plane.observe));
  resources.use(recordEventTypes({ client, informers, journal, logger: world.logger }));
  send({ type: "listening", port: plane.port });
}
