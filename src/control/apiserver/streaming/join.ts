import type { ByteSink, Connection } from "../../../api/ports/pod-streams.ts";

/** The client's end of a forwarded connection. */
export interface ClientEnd {
  readonly incoming: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
}

/** Carries bytes both ways until both have ended, or one is cut. Never rejects. */
export async function join(client: ClientEnd, connection: Connection, signal: AbortSignal): Promise<void> {
  const cut = () => connection.destroy();
  signal.addEventListener("abort", cut, { once: true });
  const up = carry(client.incoming, (bytes) => connection.write(bytes)).then(() => connection.end());
  const down = carry(connection.incoming, (bytes) => client.write(bytes)).then(() => client.end());
  try {
    await Promise.all([up, down]);
  } catch {
    // one side broke off: the other has nobody to speak to
  } finally {
    signal.removeEventListener("abort", cut);
    cut();
    client.end();
  }
}

async function carry(source: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<void> {
  for await (const bytes of source) await sink(bytes);
}
