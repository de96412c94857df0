import type { Duplex } from "node:stream";
import { badRequest } from "../../../api/meta/errors.ts";
import type { PortSession } from "../../../api/ports/pod-streams.ts";
import { Inlet } from "./inlet.ts";
import { join } from "./join.ts";
import { ClientGone, PacedWriter } from "./paced-writer.ts";
import { decodeMessage, encodeMessage } from "./program-channels.ts";

const MOST_PORTS = 100;

/** @throws ApiError 400 */
export function askedPorts(query: URLSearchParams): readonly number[] {
  const texts = query.getAll("ports").flatMap((list) => list.split(","));
  if (texts.length === 0) throw badRequest('query parameter "ports" is required');
  const ports = texts.map(Number);
  const wrong = texts.find((_, index) => !isPort(ports[index] ?? 0));
  if (wrong !== undefined || ports.length > MOST_PORTS) throw badRequest(`invalid port ${JSON.stringify(wrong ?? texts.length)}`);
  return ports;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

interface ForwardedPort {
  readonly port: number;
  readonly data: number;
  readonly error: number;
  readonly inlet: Inlet;
}

/**
 * One connection to each port of the query, as messages: channel 2n has the bytes of the nth port, 2n+1 words when it
 * failed. Each channel begins with its port, two bytes, the low one first.
 */
export async function servePortChannels(
  session: PortSession,
  messages: Duplex,
  { ports, isText }: { readonly ports: readonly number[]; readonly isText: boolean },
  closing: AbortSignal,
): Promise<void> {
  const writer = new PacedWriter(messages);
  const send = (channel: number, bytes: Uint8Array) => writer.write(encodeMessage(channel, bytes, isText));
  const forwarded = ports.map((port, index) => ({ port, data: 2 * index, error: 2 * index + 1, inlet: new Inlet() }));
  const gone = new AbortController();
  void receive(messages, forwarded, isText).finally(() => {
    for (const { inlet } of forwarded) inlet.destroy();
    gone.abort(new ClientGone());
  });
  const signal = AbortSignal.any([gone.signal, closing]);
  await Promise.all(forwarded.map((one) => forward(session, one, send, signal)));
  await writer.flushed();
}

async function receive(messages: Duplex, forwarded: readonly ForwardedPort[], isText: boolean): Promise<void> {
  try {
    for await (const message of messages as AsyncIterable<Buffer | string>) {
      const { channel, bytes } = decodeMessage(message, isText);
      await forwarded.find(({ data }) => data === channel)?.inlet.push(bytes);
    }
  } catch {
    // broken off
  }
}

async function forward(
  session: PortSession,
  { port, data, error, inlet }: ForwardedPort,
  send: (channel: number, bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const number = Buffer.from([port & 0xff, port >> 8]);
    await send(data, number);
    await send(error, number);
    const dialed = await session.dial(port, signal);
    if (dialed.kind === "failed") return await send(error, Buffer.from(dialed.message));
    // Ends of streams cannot be said in this protocol: the connection is over with the last one.
    await join({ incoming: inlet, write: (bytes) => send(data, bytes), end: () => inlet.end() }, dialed.connection, signal);
  } catch {
    // the client is gone
  }
}
