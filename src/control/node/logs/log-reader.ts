import { open, readFile, stat, type FileHandle } from "node:fs/promises";
import { parseLine, type LogLine } from "./cri.ts";
import { rotatedPaths } from "./log-writer.ts";

const CHUNK = 64 * 1024;

/** The lines of one open file from where the last call stopped; what has no newline yet stays for the next call. */
export class FileLines {
  readonly #file: FileHandle;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle, offset = 0) {
    this.#file = file;
    this.#offset = offset;
  }

  /** The next batch, empty at the (present) end. Lines that are not in CRI form are skipped. */
  async next(): Promise<readonly LogLine[] | undefined> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, this.#offset);
    if (bytesRead === 0) return undefined;
    this.#offset += bytesRead;
    let data = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
    const lines: LogLine[] = [];
    for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a)) {
      const line = parseLine(data.subarray(0, end));
      if (line !== undefined) lines.push(line);
      data = data.subarray(end + 1);
    }
    this.#rest = data;
    return lines;
  }
}

/** Files of a log that exist, the oldest first. */
export async function existingFiles(path: string, maxFiles: number): Promise<string[]> {
  const paths = rotatedPaths(path, maxFiles);
  const found = await Promise.all(
    paths.map((file) =>
      stat(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index]);
}

/** The text of the last lines of a log, as the program wrote it; "" if there is none. */
export async function tailText(path: string, maxLines: number): Promise<string> {
  const data = await readFile(path).catch(() => Buffer.alloc(0));
  const lines = splitLines(data.subarray(Math.max(0, data.length - maxLines * 1024)));
  return joinLines(lines.slice(-maxLines));
}

export function splitLines(data: Buffer): LogLine[] {
  const lines: LogLine[] = [];
  for (let start = 0; start < data.length;) {
    const end = data.indexOf(0x0a, start);
    if (end < 0) break;
    const line = parseLine(data.subarray(start, end));
    if (line !== undefined) lines.push(line);
    start = end + 1;
  }
  return lines;
}

function joinLines(lines: readonly LogLine[]): string {
  return Buffer.concat(lines.flatMap(({ text, partial }) => (partial ? [text] : [text, Buffer.from("\n")]))).toString("utf8");
}

/** Opens a file for reading, or undefined if it is not there (yet). */
export function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
