import assert from "node:assert/strict";
import type { Body } from "./test-server.ts";

export interface Event {
  readonly type: string;
  readonly object: Body & {
    readonly rows?: readonly { readonly cells: readonly unknown[] }[];
    readonly columnDefinitions?: unknown;
    readonly code?: number;
  };
}

/** Reads a watch event by event. */
export class Watching implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    assert.equal(response.status, 200);
    assert.ok(response.body);
    this.#reader = response.body.getReader();
  }

  async next(): Promise<Event | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return JSON.parse(line) as Event;
      }
      const part = await this.#reader.read();
      if (part.done) return undefined;
      this.#text += this.#decoder.decode(part.value, { stream: true });
    }
  }

  async take(count: number): Promise<string[]> {
    const seen: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const event = await this.next();
      seen.push(event === undefined ? "end" : `${event.type} ${event.object.metadata.name ?? ""}`.trim());
    }
    return seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
