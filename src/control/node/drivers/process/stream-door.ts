import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A stream that the spawner will bring: whoever connects and says the token is it. */
export interface Expected {
  readonly token: string;
  readonly socket: Promise<Socket>;
}

export const TOKEN_CHARS = 32;
const HELLO_MS = 5_000;

/**
 * Where streams of programs come in: the program itself holds the other end as one of its standard streams, so that
 * bytes pass through no third process and who is slow is waited for by the kernel.
 *
 * - I1 only who can enter a folder of ours and knows a token gets a stream.
 */
export class StreamDoor implements AsyncDisposable {
  readonly #expected = new Map<string, PromiseWithResolvers<Socket>>();
  #opened: Promise<{ readonly server: Server; readonly folder: string; readonly address: string }> | undefined;

  /** Path of the socket; it is made at the first call. */
  async address(): Promise<string> {
    this.#opened ??= this.#open();
    return (await this.#opened).address;
  }

  expect(): Expected {
    const token = randomBytes(TOKEN_CHARS / 2).toString("hex");
    const waiting = Promise.withResolvers<Socket>();
    waiting.promise.catch(() => {}); // who waits sees it
    this.#expected.set(token, waiting);
    return { token, socket: waiting.promise };
  }

  /** It will not come. */
  forget(token: string): void {
    this.#expected.get(token)?.reject(new Error("the program did not start"));
    this.#expected.delete(token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const token of this.#expected.keys()) this.forget(token);
    const opened = await this.#opened?.catch(() => undefined);
    if (opened === undefined) return;
    opened.server.close();
    await rm(opened.folder, { recursive: true, force: true });
  }

  async #open() {
    // Not below the data directory: paths of sockets are short (about 100 bytes).
    const folder = await mkdtemp(join(tmpdir(), "kinetic-")); // I1: mode 0700
    const address = join(folder, "streams");
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#greet(socket)).listen(address);
    await once(server, "listening");
    return { server, folder, address };
  }

  #greet(socket: Socket): void {
    socket.on("error", () => {}); // seen as its end
    socket.setTimeout(HELLO_MS, () => socket.destroy());
    const onReadable = () => {
      const token = socket.read(TOKEN_CHARS) as Buffer | null;
      if (token === null) return;
      socket.off("readable", onReadable);
      socket.setTimeout(0);
      this.#admit(token.toString("latin1"), socket);
    };
    socket.on("readable", onReadable);
  }

  #admit(token: string, socket: Socket): void {
    const waiting = this.#expected.get(token);
    if (waiting === undefined) return void socket.destroy();
    this.#expected.delete(token);
    waiting.resolve(socket);
  }
}
