import type { Duplex } from "node:stream";
import type { ProgramSession, TerminalSize } from "../../../api/ports/pod-streams.ts";
import { programStatus } from "./program-status.ts";
import { carriedOf, parseSize, runCarried } from "./program-streams.ts";
import type { Inlet } from "./inlet.ts";
import type { Latest } from "./latest.ts";
import { SpdyConnection, type SpdyStream } from "./spdy/connection.ts";
import { ClientGone } from "./paced-writer.ts";

/** A program's streams as streams of SPDY, for clients from before Kubernetes 1.31. It starts once the client opened all. */
export async function serveSpdyProgram(session: ProgramSession, duplex: Duplex, closing: AbortSignal): Promise<void> {
  const { wants } = session;
  const expected = ["error", wants.stdin && "stdin", wants.stdout && "stdout", wants.stderr && "stderr", wants.tty && "resize"];
  const names = expected.filter((name) => name !== false);
  const streams = new Map<string, SpdyStream>();
  const { promise: complete, resolve } = Promise.withResolvers<boolean>();
  const gone = new AbortController();
  const running = new SpdyConnection(duplex, (stream) => {
    const name = stream.headers.get("streamtype") ?? "";
    if (!names.includes(name) || streams.has(name)) return stream.reset("protocolError");
    streams.set(name, stream);
    if (streams.size === names.length) resolve(true);
  }).run();
  void running.then(() => {
    resolve(false);
    gone.abort(new ClientGone());
  });
  if (!(await complete)) return;
  await runStreams(session, streams, AbortSignal.any([gone.signal, closing]));
}

async function runStreams(session: ProgramSession, streams: ReadonlyMap<string, SpdyStream>, signal: AbortSignal): Promise<void> {
  const carried = carriedOf(session);
  const { stdin, sizes } = carried;
  const from = (name: string) => streams.get(name)?.incoming;
  const to = (name: string) => async (bytes: Uint8Array) => streams.get(name)?.write(bytes);
  void copyInput(from("stdin"), stdin);
  void copySizes(from("resize"), sizes);
  const end = await runCarried(session, carried, { stdout: to("stdout"), stderr: to("stderr") }, signal);
  const error = streams.get("error");
  await error?.write(Buffer.from(JSON.stringify(programStatus(end)))).catch(() => {});
  for (const stream of streams.values()) stream.end();
}

async function copyInput(source: AsyncIterable<Uint8Array> | undefined, stdin: Inlet | undefined): Promise<void> {
  if (source === undefined || stdin === undefined) return;
  try {
    for await (const bytes of source) await stdin.push(bytes);
    stdin.end();
  } catch {
    stdin.destroy();
  }
}

/** One JSON value after the other. */
async function copySizes(source: AsyncIterable<Uint8Array> | undefined, sizes: Latest<TerminalSize> | undefined): Promise<void> {
  let text = "";
  try {
    for await (const bytes of source ?? []) {
      const values = (text + Buffer.from(bytes).toString()).slice(-MOST_TEXT).split(/(?<=\})\s*/);
      text = values.at(-1)?.endsWith("}") === true ? "" : (values.pop() ?? "");
      const size = values.map(parseSize).findLast((one) => one !== undefined);
      if (size !== undefined) sizes?.set(size);
    }
  } catch {
    // the client is gone
  }
}

const MOST_TEXT = 4096;
