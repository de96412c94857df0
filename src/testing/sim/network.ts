/** The simulated data plane's wires: programs that listen on ports, and the gateway's connections to them. */
import type { Clock, Timer } from "../../std/clock.ts";
import { HeaderList } from "../../traffic/proxy/header-list.ts";
import type { DialTarget, OutgoingRequest, PendingConnect, Upstream, UpstreamEvents, UpstreamPool } from "../../traffic/proxy/message.ts";

/** The request header by which a request is known on both sides of the gateway. */
export const REQUEST_ID = "x-sim-request";
/** The response header that names who answered. */
export const ANSWERED_BY = "x-sim-revision";

export interface ProgramEvents {
  /** More requests are at work than the revision allows. */
  overloaded(inFlight: number): void;
  /** This request was broken off by the end of the program. */
  broke(requestId: string, crashed: boolean): void;
}

export interface ProgramOptions {
  readonly clock: Clock;
  readonly revision: string;
  /** 0 is unlimited. */
  readonly containerConcurrency: number;
  /** How long the next request takes, milliseconds. */
  readonly workMs: () => number;
  readonly events: ProgramEvents;
}

/** One running user program. */
export class Program {
  readonly options: ProgramOptions;
  readonly #work = new Map<Exchange, Timer>();

  constructor(options: ProgramOptions) {
    this.options = options;
  }

  get inFlight(): number {
    return this.#work.size;
  }

  get hasRoom(): boolean {
    const { containerConcurrency: limit } = this.options;
    return limit === 0 || this.inFlight < limit;
  }

  begin(exchange: Exchange): void {
    const { clock, workMs, containerConcurrency, events } = this.options;
    const timer = clock.setTimer(workMs(), () => {
      this.#work.delete(exchange);
      exchange.answer(this.options.revision);
    });
    this.#work.set(exchange, timer);
    if (containerConcurrency > 0 && this.inFlight > containerConcurrency) events.overloaded(this.inFlight);
  }

  abandon(exchange: Exchange): void {
    this.#work.get(exchange)?.[Symbol.dispose]();
    this.#work.delete(exchange);
  }

  /** The process is gone: what it was working on breaks. */
  end(crashed: boolean): void {
    const broken = [...this.#work.keys()];
    for (const exchange of broken) {
      this.abandon(exchange);
      this.options.events.broke(exchange.requestId, crashed);
      exchange.break();
    }
  }
}

/** All listening programs by port, as the gateway's connection pool sees them. */
export class Network implements UpstreamPool {
  readonly #programs = new Map<number, Program>();

  listen(port: number, program: Program): void {
    this.#programs.set(port, program);
  }

  close(port?: number): void {
    if (port !== undefined) this.#programs.delete(port);
  }

  dial({ port }: DialTarget): Promise<boolean> {
    return Promise.resolve(this.#programs.has(port));
  }

  forget(_target: DialTarget): void {}

  connect({ port }: DialTarget, events: UpstreamEvents): PendingConnect | undefined {
    let cancelled = false;
    queueMicrotask(() => {
      if (cancelled) return;
      const program = this.#programs.get(port);
      if (program === undefined) events.onUpstreamFailure({ stage: "connect", message: "connection refused" });
      else events.onUpstreamReady(new Exchange(program, events));
    });
    return { cancel: () => (cancelled = true) };
  }
}

/** One request on one connection to a program. */
class Exchange implements Upstream {
  requestId = "";
  readonly #program: Program;
  readonly #events: UpstreamEvents;

  constructor(program: Program, events: UpstreamEvents) {
    this.#program = program;
    this.#events = events;
  }

  sendHead(head: OutgoingRequest): void {
    this.requestId = head.headers.get(REQUEST_ID) ?? "";
    this.#program.begin(this);
  }

  answer(revision: string): void {
    const headers = HeaderList.of({ [ANSWERED_BY]: revision });
    this.#events.onResponseHead({ status: 200, reason: "OK", headers, bodyLength: 0 });
    this.#events.onResponseEnd(undefined);
    this.#events.onUpstreamTurn();
  }

  break(): void {
    this.#events.onUpstreamFailure({ stage: "broken", message: "the connection was reset" });
  }

  abort(): void {
    this.#program.abandon(this);
  }

  sendData(): boolean {
    return true;
  }

  sendEnd(): void {}
  flush(): void {}
  pauseBody(): void {}
  resumeBody(): void {}

  takeOver(): never {
    throw new Error("simulated programs do not upgrade");
  }
}
