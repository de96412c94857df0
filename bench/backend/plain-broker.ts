/**
 * The least that a durable broker does, as a peer: appends each event to a file, syncs it, answers 202, then posts it to each
 * subscriber. It remembers nothing of deliveries, retries nothing, filters nothing. Arguments: file, subscribers' URLs.
 */
import { fdatasyncSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";

/** What it tells its parent. */
export interface Listening {
  readonly port: number;
}

const [file = "", ...subscribers] = process.argv.slice(2);
const descriptor = openSync(file, "w");
const dispatcher = new Agent({ connections: 64 });

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const body = Buffer.concat(chunks);
    const attributes = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => name.startsWith("ce-")));
    writeSync(descriptor, `${JSON.stringify(attributes)}\n`);
    writeSync(descriptor, body);
    fdatasyncSync(descriptor);
    response.writeHead(202).end();
    for (const url of subscribers) {
      void request(url, { dispatcher, method: "POST", headers: attributes, body }).then(({ body: answer }) => answer.dump());
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening));
