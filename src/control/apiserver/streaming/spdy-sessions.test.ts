import assert from "node:assert/strict";
import { duplexPair, type Duplex } from "node:stream";
import { test } from "node:test";
import type { Connection, PortSession, ProgramSession, TerminalSize } from "../../../api/ports/pod-streams.ts";
import { Inlet } from "./inlet.ts";
import { dataFrame, FIN, FrameReader, type Frame } from "./spdy/frames.ts";
import { HeaderWriter } from "./spdy/headers.ts";
import { serveSpdyPorts } from "./spdy-ports.ts";
import { serveSpdyProgram } from "./spdy-program.ts";

const never = new AbortController().signal;

/** The client's end: opens streams and keeps what comes. */
class Client {
  readonly #headers = new HeaderWriter();
  readonly #duplex: Duplex;
  readonly frames: Frame[] = [];

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    const reader = new FrameReader();
    duplex.on("error", () => {});
    duplex.on("data", (chunk: Buffer) => this.frames.push(...reader.push(chunk)));
  }

  open(id: number, headers: Readonly<Record<string, string>>): void {
    const block = this.#headers.write(new Map(Object.entries(headers)));
    const head = Buffer.alloc(18);
    head.writeUInt32BE(0x80030001);
    head.writeUInt32BE(10 + block.length, 4); // no flags
    head.writeUInt32BE(id, 8);
    this.#duplex.write(Buffer.concat([head, block]));
  }

  send(id: number, text: string, flags = 0): void {
    this.#duplex.write(dataFrame(id, Buffer.from(text), flags));
  }

  leave(): void {
    this.#duplex.destroy();
  }

  /** Bytes of one stream. */
  text(id: number): string {
    const own = this.frames.flatMap((frame) => (frame.type === "data" && frame.streamId === id ? [frame.bytes] : []));
    return Buffer.concat(own).toString();
  }

  hasEnded(id: number): boolean {
    return this.frames.some((frame) => frame.type === "data" && frame.streamId === id && frame.fin);
  }

  isReset(id: number): boolean {
    return this.frames.some((frame) => frame.type === "rstStream" && frame.streamId === id);
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert.ok(turns < 1000, what);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

interface Echo extends Connection {
  isDestroyed: boolean;
}

function echo(): Echo {
  const inlet = new Inlet();
  const connection: Echo = {
    isDestroyed: false,
    incoming: inlet,
    write: (bytes) => inlet.push(bytes),
    end: () => inlet.end(),
    destroy: () => {
      connection.isDestroyed = true;
      inlet.destroy();
    },
  };
  return connection;
}

function servePorts(): { client: Client; dialed: Echo[]; done: Promise<void> } {
  const [near, far] = duplexPair();
  const dialed: Echo[] = [];
  const session: PortSession = {
    kind: "ports",
    dial: async (port) => {
      if (port !== 80) return { kind: "failed", message: `nobody at ${port}` };
      const connection = echo();
      dialed.push(connection);
      return { kind: "connected", connection };
    },
  };
  return { client: new Client(near), dialed, done: serveSpdyPorts(session, far, never) };
}

test("pairs of streams are connections: bytes both ways, ends of either side, words for a failure", async () => {
  const { client } = servePorts();
  client.open(1, { streamtype: "error", port: "80", requestid: "0" });
  client.open(3, { streamtype: "error", port: "81", requestid: "1" });
  client.open(5, { streamtype: "data", port: "81", requestid: "1" });
  client.open(7, { streamtype: "data", port: "80", requestid: "0" });
  client.send(7, "hello", FIN);
  await until("an echo", () => client.text(7) === "hello" && client.hasEnded(7) && client.hasEnded(1));
  await until("a failure", () => client.text(3) === "nobody at 81" && client.hasEnded(3) && client.isReset(5));
  assert.equal(client.text(1), "");
});

test("streams without a pair of the same port and request, or of another kind, are reset", async () => {
  const { client, dialed } = servePorts();
  client.open(1, { streamtype: "error", port: "80", requestid: "0" });
  client.open(3, { streamtype: "error", port: "80", requestid: "0" });
  client.open(5, { streamtype: "data", port: "82", requestid: "1" });
  client.open(7, { streamtype: "error", port: "80", requestid: "1" });
  client.open(9, { streamtype: "stdin", port: "80", requestid: "2" });
  client.open(11, { streamtype: "data", port: "99999", requestid: "3" });
  await until("resets", () => [1, 3, 5, 7, 9, 11].every((id) => client.isReset(id)));
  assert.equal(dialed.length, 0);
});

test("connections are cut when their client leaves, or resets the stream", async () => {
  const { client, dialed, done } = servePorts();
  for (const [error, data] of [
    [1, 3],
    [5, 7],
  ] as const) {
    client.open(error, { streamtype: "error", port: "80", requestid: String(error) });
    client.open(data, { streamtype: "data", port: "80", requestid: String(error) });
    client.send(data, "up");
    await until("an echo", () => client.text(data) === "up");
  }
  client.leave();
  await done;
  await until("the cut", () => dialed.every(({ isDestroyed }) => isDestroyed));
});

test("a program starts when all its streams are open, and its Status comes last", async () => {
  const sizes: TerminalSize[] = [];
  const session: ProgramSession = {
    kind: "program",
    wants: { stdin: true, stdout: true, stderr: false, tty: true },
    run: async ({ stdin, stdout, terminal }) => {
      for await (const size of terminal ?? []) if (sizes.push(size) && size.rows === 2) break;
      for await (const bytes of stdin ?? []) await stdout?.(bytes);
      return { kind: "exited", exitCode: 4 };
    },
  };
  const [near, far] = duplexPair();
  const client = new Client(near);
  const done = serveSpdyProgram(session, far, never);
  const types = ["error", "stdin", "stderr", "stdout", "resize"]; // the third is not wanted
  types.forEach((streamtype, index) => client.open(2 * index + 1, { streamtype }));
  client.send(9, '{"Width":5,"Hei');
  client.send(9, 'ght":1}\n{"Width":6,"Height":2}\n');
  client.send(3, "input", FIN);
  await until("its end", () => [1, 3, 7, 9].every((id) => client.hasEnded(id)));
  assert.deepEqual([client.text(7), client.isReset(5), sizes.at(-1)], ["input", true, { columns: 6, rows: 2 }]);
  assert.match(client.text(1), /"reason":"NonZeroExitCode".*"message":"4"/);
  await done;
});

test("a client that leaves before all streams are open starts nothing", async () => {
  const session: ProgramSession = {
    kind: "program",
    wants: { stdin: false, stdout: true, stderr: true, tty: false },
    run: () => Promise.reject(new Error("it started")),
  };
  const [near, far] = duplexPair();
  const client = new Client(near);
  const done = serveSpdyProgram(session, far, never);
  client.open(1, { streamtype: "error" });
  await until("an answer", () => client.frames.length === 1);
  client.leave();
  await done;
});
