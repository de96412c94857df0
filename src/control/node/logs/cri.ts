export type LogStream = "stdout" | "stderr";

/** Longer lines are cut into partial ones, as container runtimes do. */
export const MAX_LINE_BYTES = 16 * 1024;

export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: LogStream;
  /** The line goes on in the next one of the same stream. */
  readonly partial: boolean;
  readonly text: Buffer;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** `2025-01-01T00:00:00.123000000Z stdout F text\n` */
export function formatLine(epochMs: number, stream: LogStream, text: Buffer, partial: boolean): Buffer {
  return Buffer.concat([Buffer.from(`${logTime(epochMs)} ${stream} ${partial ? "P" : "F"} `), text, Buffer.from("\n")]);
}

/** Nanoseconds, of which milliseconds are true. */
export function logTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "000000Z");
}

/** Undefined for a line that is not in CRI form, e.g. one torn by a crash. */
export function parseLine(line: Buffer): LogLine | undefined {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  const third = line.indexOf(SPACE, second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  const stream = line.toString("latin1", first + 1, second);
  if (stream !== "stdout" && stream !== "stderr") return undefined;
  const partial = line[second + 1] === 0x50;
  return { time: line.toString("latin1", 0, first), stream, partial, text: line.subarray(third + 1) };
}

/** Cuts a stream of bytes into lines of at most MAX_LINE_BYTES. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): { text: Buffer; partial: boolean }[] {
    const lines: { text: Buffer; partial: boolean }[] = [];
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = data.indexOf(NEWLINE);
      if (end >= 0 && end <= MAX_LINE_BYTES) {
        lines.push({ text: data.subarray(0, end), partial: false });
        data = data.subarray(end + 1);
      } else if (data.length > MAX_LINE_BYTES) {
        lines.push({ text: data.subarray(0, MAX_LINE_BYTES), partial: true });
        data = data.subarray(MAX_LINE_BYTES);
      } else break;
    }
    this.#rest = Buffer.from(data);
    return lines;
  }

  /** What has no newline at the end of the stream. */
  end(): { text: Buffer; partial: boolean }[] {
    const text = this.#rest;
    this.#rest = Buffer.alloc(0);
    return text.length === 0 ? [] : [{ text, partial: false }];
  }
}
