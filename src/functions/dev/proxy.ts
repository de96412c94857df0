import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { abortable, deadline } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import { errorBanner, errorPage } from "./error-page.ts";
import { MAX_RECORDED_BODY, type RequestRecorder } from "./recorder.ts";

export interface ProxyOptions {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  readonly clock: Clock;
  readonly recorder?: RequestRecorder;
  /** How long a request waits for the first code that runs. */
  readonly patienceMs: number;
}

/** On every answer while the code that answers is not the code that was saved last. */
export const STALE_HEADER = "kinetic-dev";
export const REQUEST_ID_HEADER = "kinetic-dev-request";
/** RFC 6455 close frame with code 1012, Service Restart. */
const RESTART_FRAME = Buffer.from([0x88, 0x02, 0x03, 0xf4]);

/** One version of the code, and what is under way to it. */
class Target {
  readonly port: number;
  readonly agent = new Agent({ keepAlive: true });
  readonly answers = new Set<ServerResponse>();
  readonly tunnels = new Set<{ readonly client: Socket; readonly server: Socket }>();
  #onIdle: (() => void) | undefined;

  constructor(port: number) {
    this.port = port;
  }

  done(response: ServerResponse): void {
    this.answers.delete(response);
    if (this.answers.size === 0) this.#onIdle?.();
  }

  async idle(): Promise<void> {
    if (this.answers.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

/** The stable address of a dev loop: forwards to the code that runs now, so that a reload breaks no request. */
export class DevProxy implements AsyncDisposable {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #end = new AbortController();
  #target: Target | undefined;
  #first = Promise.withResolvers<void>();
  #problem: string | undefined;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => this.#tunnel(request, socket, head));
  }

  /** Rejects when the address is taken. */
  static async listen(options: ProxyOptions): Promise<DevProxy> {
    const proxy = new DevProxy(options);
    proxy.#server.listen(options.port, options.host);
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on requests go to `port`. Resolves when the old code has answered what it had, or was cut after `drainMs`. */
  async swap(port: number, drainMs: number): Promise<void> {
    const old = this.#target;
    this.#target = new Target(port);
    this.#problem = undefined;
    this.#first.resolve();
    if (old !== undefined) await this.#drain(old, drainMs);
  }

  /** The newest code does not run: what answers from now on is marked. */
  failed(problem: string): void {
    this.#problem = problem;
    this.#first.resolve();
  }

  /** The code that answered is gone by itself. */
  lost(port: number): void {
    if (this.#target?.port === port) this.#target = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error("the dev loop ends"));
    const closed = once(this.#server, "close");
    this.#server.close();
    if (this.#target !== undefined) await this.#drain(this.#target, 0);
    this.#server.closeAllConnections();
    await closed;
  }

  async #drain(target: Target, drainMs: number): Promise<void> {
    for (const { client, server } of target.tunnels) {
      client.end(RESTART_FRAME);
      server.destroy();
    }
    using limit = deadline(this.#options.clock, drainMs);
    await abortable(target.idle(), limit.signal).catch(() => {});
    for (const response of target.answers) cut(response);
    target.agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#waitForCode();
      const target = this.#target;
      if (target === undefined)
        return refuse(request, response, this.#problem ?? "the function has ended; save a change to start it again");
      await this.#forward(target, request, response);
    } catch (error) {
      if (!response.headersSent) refuse(request, response, error instanceof Error ? error.message : String(error));
      else response.destroy();
    }
  }

  /** Only before the first version is there anything to wait for. */
  async #waitForCode(): Promise<void> {
    if (this.#target !== undefined || this.#problem !== undefined) return;
    using limit = deadline(this.#options.clock, this.#options.patienceMs, this.#end.signal);
    await abortable(this.#first.promise, limit.signal).catch(() => {
      throw new Error("the function is still being built");
    });
  }

  async #forward(target: Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    target.answers.add(response);
    response.once("close", () => target.done(response));
    const id = await this.#options.recorder?.reserve();
    const upstream = httpRequest({
      host: "127.0.0.1",
      port: target.port,
      method: request.method,
      path: request.url,
      headers: request.headers,
      agent: target.agent,
    });
    const recorded = id === undefined ? undefined : this.#record(id, request);
    const answered = once(upstream, "response") as Promise<[IncomingMessage]>;
    answered.catch(() => {});
    request.pipe(upstream);
    response.once("close", () => upstream.destroy());
    const [answer] = await answered;
    const headers: Record<string, string | string[] | undefined> = { ...answer.headers };
    if (id !== undefined) headers[REQUEST_ID_HEADER] = id;
    const problem = this.#problem;
    if (problem !== undefined) headers[STALE_HEADER] = "stale";
    const banner = problem !== undefined && isPlainHtml(answer) ? errorBanner(problem) : "";
    if (banner !== "") delete headers["content-length"];
    response.writeHead(answer.statusCode ?? 502, headers);
    await pipeline(answer, response, { end: banner === "" });
    if (banner !== "") response.end(banner);
    await recorded;
  }

  async #record(id: string, request: IncomingMessage): Promise<void> {
    const { method = "GET", url: path = "/", rawHeaders } = request;
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_RECORDED_BODY) chunks.push(chunk);
    });
    await once(request, "close");
    const headers = pairs(rawHeaders);
    const body = size > MAX_RECORDED_BODY ? {} : { body: Buffer.concat(chunks).toString("base64") };
    await this.#options.recorder?.save({ id, method, path, headers, ...body });
  }

  #tunnel(request: IncomingMessage, client: Socket, head: Buffer): void {
    const target = this.#target;
    client.on("error", () => client.destroy());
    if (target === undefined) return void client.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    const server = connect(target.port, "127.0.0.1");
    const tunnel = { client, server };
    target.tunnels.add(tunnel);
    const close = () => {
      target.tunnels.delete(tunnel);
      client.destroy();
      server.destroy();
    };
    server.once("error", close).once("close", () => target.tunnels.delete(tunnel));
    client.once("close", close);
    const lines = pairs(request.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
    server.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    server.write(head);
    client.pipe(server);
    // The client's side ends with a frame of ours when the code is swapped, so the server's end alone does not end it.
    server.on("data", (chunk: Buffer) => void (client.writable && client.write(chunk)));
    server.once("end", () => client.end());
  }
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as [string, string]] : []));
}

function isPlainHtml({ headers }: IncomingMessage): boolean {
  return String(headers["content-type"]).startsWith("text/html") && headers["content-encoding"] === undefined;
}

function cut(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(503, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${CUT_MESSAGE}\n`);
}

const CUT_MESSAGE = "the code was reloaded while this request was under way, and its old version did not answer in time";

function refuse({ headers }: IncomingMessage, response: ServerResponse, problem: string): void {
  const wantsHtml = String(headers.accept).includes("text/html");
  response.writeHead(503, { "content-type": `text/${wantsHtml ? "html" : "plain"}; charset=utf-8`, [STALE_HEADER]: "failed" });
  response.end(wantsHtml ? errorPage(problem) : `${problem}\n`);
}
