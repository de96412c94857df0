/** Longest line of a watch stream, in UTF-16 units: far above the largest object that an API server takes. */
export const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** Cuts a byte stream into lines as its chunks come. Bytes of a character may be spread over chunks. */
export class LineDecoder {
  readonly #decoder = new TextDecoder();
  readonly #maxLength: number;
  #rest = "";

  constructor(maxLength: number = MAX_LINE_LENGTH) {
    this.#maxLength = maxLength;
  }

  /** The lines that this chunk completes, without empty ones. Throws RangeError when a line outgrows the limit. */
  push(chunk: Uint8Array): string[] {
    const text = this.#decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      this.#keep(this.#rest + text);
      return [];
    }
    const lines = (this.#rest + text.slice(0, end)).split("\n").filter((line) => line.trim() !== "");
    this.#keep(text.slice(end + 1));
    for (const line of lines) this.#check(line);
    return lines;
  }

  #keep(rest: string): void {
    this.#check(rest);
    this.#rest = rest;
  }

  #check(line: string): void {
    if (line.length > this.#maxLength) throw new RangeError(`a line of the stream is longer than ${this.#maxLength} characters`);
  }
}

/** All complete lines of a body, one at a time. Cancels the body when the consumer leaves or the signal aborts. */
export async function* readLines(body: ReadableStream<Uint8Array>, signal: AbortSignal, maxLength?: number): AsyncGenerator<string> {
  const decoder = new LineDecoder(maxLength);
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* decoder.push(value);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    await reader.cancel().catch(() => {});
  }
}
