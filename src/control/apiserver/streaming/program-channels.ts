import type { Duplex } from "node:stream";
import type { ProgramEnd, ProgramSession } from "../../../api/ports/pod-streams.ts";
import { ClientGone, PacedWriter } from "./paced-writer.ts";
import { programStatus } from "./program-status.ts";
import { carriedOf, parseSize, runCarried, type Carried } from "./program-streams.ts";
import type { ChannelProtocol } from "./protocols.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

/**
 * A program's streams as messages, one a chunk, each with the number of its channel in front.
 *
 * - I1 the client is gone when its messages end: that ends the program.
 * - I2 the error channel says how the program ended, after all of its output.
 */
export async function serveChannels(
  session: ProgramSession,
  messages: Duplex,
  protocol: ChannelProtocol,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  const carried = carriedOf(session);
  const writer = new PacedWriter(messages);
  const send = (channel: number, bytes: Uint8Array) => writer.write(encodeMessage(channel, bytes, protocol.isText));
  const { wants } = session;
  const first = wants.stdout ? STDOUT : wants.stderr ? STDERR : ERROR;
  send(first, new Uint8Array()).catch(() => {}); // as a kubelet says that it is connected
  void receive(messages, protocol, carried).finally(() => {
    carried.stdin?.destroy();
    gone.abort(new ClientGone()); // I1
  });
  const signal = AbortSignal.any([gone.signal, closing]);
  const outputs = { stdout: (bytes: Uint8Array) => send(STDOUT, bytes), stderr: (bytes: Uint8Array) => send(STDERR, bytes) };
  const failures: unknown[] = [];
  const end = await runCarried(session, carried, outputs, signal).catch((error: unknown): ProgramEnd => {
    failures.push(error);
    return { kind: "failed", message: "see the log of the server" };
  });
  if (gone.signal.aborted) return;
  const words = lastWords(end, protocol); // I2
  if (words !== undefined) await send(ERROR, Buffer.from(words));
  await writer.flushed();
  if (failures.length > 0) throw failures[0];
}

function lastWords(end: ProgramEnd, { hasStatus }: ChannelProtocol): string | undefined {
  const status = programStatus(end);
  if (hasStatus) return JSON.stringify(status);
  return status.status === "Success" ? undefined : status.message;
}

/** Resolves when no more messages come. */
async function receive(messages: Duplex, { isText, hasClose }: ChannelProtocol, { stdin, sizes }: Carried): Promise<void> {
  try {
    for await (const message of messages as AsyncIterable<Buffer | string>) {
      const { channel, bytes } = decodeMessage(message, isText);
      if (channel === STDIN) await stdin?.push(bytes);
      else if (channel === CLOSE && hasClose && bytes[0] === STDIN) stdin?.end();
      else if (channel === RESIZE) {
        const size = parseSize(Buffer.from(bytes).toString());
        if (size !== undefined) sizes?.set(size);
      }
    }
  } catch {
    // broken off
  }
}

const ZERO = 0x30;

export function encodeMessage(channel: number, bytes: Uint8Array, isText: boolean): Buffer | string {
  if (isText) return String.fromCharCode(ZERO + channel) + Buffer.from(bytes).toString("base64");
  const message = Buffer.allocUnsafe(1 + bytes.length);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
}

export function decodeMessage(message: Buffer | string, isText: boolean): { readonly channel: number; readonly bytes: Uint8Array } {
  if (!isText) {
    const bytes = typeof message === "string" ? Buffer.from(message) : message;
    return { channel: bytes[0] ?? -1, bytes: bytes.subarray(1) };
  }
  const text = message.toString();
  return { channel: text.charCodeAt(0) - ZERO, bytes: Buffer.from(text.slice(1), "base64") };
}
