/** The journal's side: a worker thread that owns one journal. */
import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import type { JournalDisk } from "../disk.ts";
import { openHost, type JournalHost } from "../host.ts";
import { nodeJournalDisk } from "../node-disk.ts";
import { serveJournal } from "./connect.ts";
import type { FromThread, ToThread } from "./protocol.ts";

export interface JournalThreadOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disk?: JournalDisk;
}

/** Serves the owner's messages until it says close; then the port is closed and the thread can end. */
export function runJournalThread(parentPort: MessagePort, options: JournalThreadOptions): void {
  const { disk = nodeJournalDisk(), clock, logger } = options;
  let host: JournalHost | undefined;
  const send = (message: FromThread) => parentPort.postMessage(message);
  const close = async () => {
    await host?.[Symbol.asyncDispose]();
    send({ type: "closed" });
    parentPort.close();
  };
  parentPort.on("message", (message: ToThread) => {
    if (message.type === "close") return void close();
    if (message.type === "connect") return void (host === undefined ? message.port.close() : serveJournal(host, message.port));
    const opened = openHost({ disk, clock, logger, folder: message.folder, limits: message.limits });
    if (opened.kind === "ok") host = opened.host;
    send(opened.kind === "ok" ? { type: "opened" } : { type: "refused", failure: opened });
    if (opened.kind !== "ok") parentPort.close();
  });
}
