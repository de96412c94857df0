/** The owner's side: starts the journal's thread and hands out ways to it. */
import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import type { Journal, JournalLimits, OpenFailure } from "../contract.ts";
import { connectJournal } from "./connect.ts";
import type { FromThread, ToThread } from "./protocol.ts";

export interface JournalThread extends AsyncDisposable {
  /** A journal for this thread. */
  connect(): Journal;
  /** A port to give to another thread, for `connectJournal` there. */
  openPort(): MessagePort;
}

export type JournalThreadStart = { readonly kind: "ok"; readonly thread: JournalThread } | OpenFailure;

/**
 * `worker` runs `runJournalThread`. Disposing the result closes the journal and ends the thread. Rejects with the thread's error
 * when it dies before it has opened the journal; after that its users are told that the journal is closed.
 */
export async function startJournalThread(
  worker: Worker,
  options: { readonly folder: string; readonly limits?: Partial<JournalLimits> },
): Promise<JournalThreadStart> {
  const answer = Promise.withResolvers<FromThread>();
  const closed = Promise.withResolvers<void>();
  worker.on("message", (message: FromThread) => (message.type === "closed" ? closed.resolve() : answer.resolve(message)));
  worker.on("error", (error) => answer.reject(error));
  worker.on("exit", () => {
    closed.resolve();
    answer.reject(new Error("the journal's thread has ended"));
  });
  const send = (message: ToThread, transfer: readonly MessagePort[] = []) => worker.postMessage(message, [...transfer]);
  send({ type: "open", folder: options.folder, limits: options.limits ?? {} });
  const first = await answer.promise;
  if (first.type === "refused") {
    await worker.terminate();
    return first.failure;
  }
  const openPort = () => {
    const { port1, port2 } = new MessageChannel();
    send({ type: "connect", port: port2 }, [port2]);
    return port1;
  };
  const thread: JournalThread = {
    openPort,
    connect: () => connectJournal(openPort()),
    async [Symbol.asyncDispose]() {
      send({ type: "close" });
      await closed.promise;
      await worker.terminate();
    },
  };
  return { kind: "ok", thread };
}
