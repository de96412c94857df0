/** Clients that never stop asking: a number of keep-alive connections, each with one request at a time, GET and POST in turn. */
import { Agent, request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that names its revision, echoes bodies, waits `?sleep=MS` and, upgraded, echoes bytes. */
export const ECHO_PROGRAM = `
import { createServer } from "node:http";
const server = createServer(async (request, response) => {
  const body = [];
  for await (const chunk of request) body.push(chunk);
  const ms = Number(new URL(request.url, "http://h").searchParams.get("sleep") ?? 0);
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  response.setHeader("revision", process.env.K_REVISION);
  response.setHeader("instance", request.headers["kinetic-instance"] ?? "");
  response.end(Buffer.concat(body));
});
server.on("upgrade", (request, socket) => {
  socket.on("error", () => {});
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n");
  socket.pipe(socket);
});
server.keepAliveTimeout = 120_000;
server.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

export interface LoadOptions {
  readonly gateway: string;
  readonly host: string;
  readonly path?: string;
}

/** One request that did not go as it should have. */
export interface Failure {
  readonly phase: string;
  readonly method: string;
  readonly what: string;
  readonly afterMs: number;
}

export class Load {
  /** Said by the test, so that a failure tells what went on. */
  phase = "start";
  readonly failures: Failure[] = [];
  /** Answers by revision. */
  readonly answers = new Map<string, number>();
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[] = [];
  #wanted = 0;
  #bodies = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** From now on so many connections ask; those that are too many end with their request. */
  async connections(count: number): Promise<void> {
    const before = this.#wanted;
    this.#wanted = count;
    for (let index = before; index < count; index++) this.#clients[index] = this.#client(index, this.#clients[index]);
    await Promise.all(this.#clients.slice(count));
  }

  async #client(index: number, predecessor: Promise<void> | undefined): Promise<void> {
    await predecessor;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; index < this.#wanted; turn++) await this.#once(agent, (index + turn) % 2 === 0);
    agent.destroy();
  }

  async #once(agent: Agent, get: boolean): Promise<void> {
    const method = get ? "GET" : "POST";
    const body = get ? "" : `${++this.#bodies} `.repeat(this.#bodies % 20 === 0 ? 20_000 : 100);
    const start = performance.now();
    const { phase } = this;
    const fail = (what: string) => void this.failures.push({ phase, method, what, afterMs: Math.round(performance.now() - start) });
    try {
      const answer = await exchange({ ...this.#options, agent, method, body });
      const revision = String(answer.headers["revision"]);
      this.answers.set(revision, (this.answers.get(revision) ?? 0) + 1);
      if (answer.status !== 200) fail(`${answer.status} ${String(answer.headers["kinetic-error"])} ${answer.body}`);
      else if (answer.body !== body) fail(`a body of ${answer.body.length} instead of ${body.length} bytes`);
    } catch (error) {
      fail(String(error));
      await sleep(20); // a broken platform is not asked as fast as it can refuse
    }
  }
}

interface Ask extends LoadOptions {
  readonly agent: Agent;
  readonly method?: string;
  readonly body?: string;
}

/** One request through an agent; rejects when the connection fails. */
export function exchange({ gateway, host, path = "/", agent, method = "GET", body = "" }: Ask) {
  const { promise, resolve, reject } = Promise.withResolvers<Pick<IncomingMessage, "headers"> & { status: number; body: string }>();
  const length = method === "GET" ? {} : { "content-length": Buffer.byteLength(body) };
  const sent = request(`${gateway}${path}`, { method, agent, headers: { host, ...length }, timeout: 30_000 }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    answer.on("error", reject);
  });
  sent.on("timeout", () => sent.destroy(new Error("no answer in 30 s")));
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

/** An upgraded connection on which something is said and echoed ten times a second until it is ended. */
export class Conversation {
  failure: string | undefined;
  echoed = 0;
  readonly #socket: Socket;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (text: string) => (this.echoed += text.length));
    socket.on("error", (error) => (this.failure ??= String(error)));
    socket.on("close", () => void (this.#ended || (this.failure ??= "closed")));
    void this.#talk();
  }

  static open({ gateway, host }: LoadOptions): Promise<Conversation> {
    const { promise, resolve, reject } = Promise.withResolvers<Conversation>();
    const sent = request(gateway, { headers: { host, connection: "Upgrade", upgrade: "echo" }, agent: false });
    sent.on("upgrade", (_answer, socket) => resolve(new Conversation(socket as Socket)));
    sent.on("response", (answer) => reject(new Error(`not upgraded: ${answer.statusCode}`)));
    sent.on("error", reject);
    sent.end();
    return promise;
  }

  async #talk(): Promise<void> {
    for (let said = 1; this.failure === undefined && !this.#ended; said++) {
      this.#socket.write(".");
      await sleep(100);
      if (said - this.echoed > 50) this.failure ??= `${said} said, ${this.echoed} echoed`;
    }
  }

  end(): void {
    this.#ended = true;
    this.#socket.destroy();
  }
}
