import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** One port for debuggers across reloads: it leads to the inspector of the code that runs now. */
export interface InspectorPort extends AsyncDisposable {
  readonly port: number;
  /** From now on there; open sessions end with the code that they look at. */
  lead(to: number): void;
}

/** Rejects when the port is taken. */
export async function openInspectorPort(port: number): Promise<InspectorPort> {
  let target: number | undefined;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (target === undefined) return void client.destroy();
    const inspector = connect(target, "127.0.0.1");
    for (const socket of [client, inspector]) {
      open.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          open.delete(socket);
          client.destroy();
          inspector.destroy();
        });
    }
    client.pipe(inspector).pipe(client);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    lead(to) {
      target = to;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
