import { HeaderList } from "../../traffic/proxy/header-list.ts";
import type { Downstream, DownstreamEvents, RequestHead, ResponseHead } from "../../traffic/proxy/message.ts";

export interface SimRequestOptions {
  readonly id: string;
  readonly host: string;
  readonly headers: HeaderList;
  /** Called once, when the whole answer is here or the connection was cut. */
  readonly onEnd?: (request: SimRequest) => void;
}

/** A client's request in memory: the client's half of an exchange. */
export class SimRequest implements Downstream {
  readonly id: string;
  readonly host: string;
  readonly request: RequestHead;
  readonly peer = "127.0.0.1";
  readonly scheme = "http";
  /** Of the answer; 0 before it, -1 when the response was cut. */
  status = 0;
  responseHeaders = new HeaderList();
  body = "";
  /** The user's program broke while it worked on this request: no platform can answer it. */
  programCrashed = false;
  exchange: DownstreamEvents | undefined;
  readonly #onEnd: ((request: SimRequest) => void) | undefined;

  constructor({ id, host, headers, onEnd }: SimRequestOptions) {
    this.id = id;
    this.host = host;
    this.#onEnd = onEnd;
    const common = { method: "GET", target: "/", authority: host, version: "1.1", bodyLength: 0 } as const;
    this.request = { ...common, headers, expectContinue: false, upgrade: undefined };
  }

  sendHead(head: ResponseHead): void {
    this.status = head.status;
    this.responseHeaders = head.headers;
  }

  sendData(chunk: Buffer): boolean {
    this.body += chunk.toString();
    return true;
  }

  sendEnd(): void {
    this.#onEnd?.(this);
  }

  cut(): void {
    this.status = -1;
    this.#onEnd?.(this);
  }

  sendInformational(): void {}
  flush(): void {}
  pauseBody(): void {}
  resumeBody(): void {}

  takeOver(): never {
    throw new Error("simulated clients do not upgrade");
  }
}
