import type { MessagePort } from "node:worker_threads";
import { JournalClient } from "../client.ts";
import type { Journal } from "../contract.ts";
import type { JournalHost } from "../host.ts";
import { packCalls, packReport } from "./pack.ts";
import type { FromJournal, ToJournal } from "./protocol.ts";

/** Lets whoever has the other end use the journal until it leaves or the result is disposed. */
export function serveJournal(host: JournalHost, port: MessagePort): Disposable {
  const send = (message: FromJournal, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, [...transfer]);
  const connection = host.connect((report) => {
    const { message, transfer } = packReport(report);
    send({ type: "report", report: message }, transfer);
  });
  const leave = () => {
    host.turn(); // what was asked before is answered
    connection[Symbol.dispose]();
    send({ type: "left" });
    port.close();
  };
  port.on("message", (message: ToJournal) => (message.type === "calls" ? connection.send(message.calls) : leave()));
  port.on("close", () => connection[Symbol.dispose]());
  return {
    [Symbol.dispose]() {
      connection[Symbol.dispose]();
      port.close();
    },
  };
}

/** The journal at the other end of a port. Disposing it leaves; the journal itself goes on. */
export function connectJournal(port: MessagePort): Journal {
  const left = Promise.withResolvers<void>();
  const client = new JournalClient({
    send(calls) {
      const { message, transfer } = packCalls(calls);
      port.postMessage({ type: "calls", calls: message } satisfies ToJournal, [...transfer]);
    },
    async close() {
      port.postMessage({ type: "leave" } satisfies ToJournal);
      await left.promise;
      port.close();
    },
  });
  port.on("message", (message: FromJournal) => {
    if (message.type === "left") left.resolve();
    else client.receive(message.report);
  });
  port.on("close", () => {
    left.resolve();
    client.receive({ answers: [], closed: true });
  });
  return client;
}
