import { JournalClient } from "./client.ts";
import type { Journal, OpenFailure } from "./contract.ts";
import { openHost, type HostOptions, type JournalHost } from "./host.ts";

/** A journal in this thread, for tests and for `serveJournal`'s thread itself. Closing it closes the host. */
export function openJournal(options: HostOptions): { readonly kind: "ok"; readonly journal: Journal } | OpenFailure {
  const opened = openHost(options);
  if (opened.kind !== "ok") return opened;
  return { kind: "ok", journal: localJournal(opened.host) };
}

function localJournal(host: JournalHost): Journal {
  const client = new JournalClient(
    {
      send: (calls) => connection.send(calls),
      close: async () => host[Symbol.asyncDispose](),
    },
    queueMicrotask, // the host gathers calls itself
  );
  const connection = host.connect((report) => client.receive(report));
  return client;
}
