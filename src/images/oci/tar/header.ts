/** Size of a tar block; headers are one, contents are padded to a multiple. */
export const BLOCK = 512;

/** What an entry of a tar archive is; `unknown` carries a type that the formats do not define. */
export type TarType =
  | "file"
  | "directory"
  | "link"
  | "symlink"
  | "char-device"
  | "block-device"
  | "fifo"
  | "sparse"
  | "pax"
  | "global-pax"
  | "gnu-name"
  | "gnu-link"
  | "unknown";

export interface RawHeader {
  readonly name: string;
  readonly type: TarType;
  readonly linkName: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of the content that follows, bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/** An archive that is damaged, or made to do harm. */
export class TarError extends Error {
  override readonly name = "TarError";
}

const TYPES: Readonly<Record<string, TarType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "link",
  "2": "symlink",
  "3": "char-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
  S: "sparse",
  x: "pax",
  g: "global-pax",
  L: "gnu-name",
  K: "gnu-link",
};

const CHECKSUM = { start: 148, end: 156 };

/** Reads a header block; undefined for the block of zeros that ends an archive. Throws TarError when it is none. */
export function parseHeader(block: Buffer): RawHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (numberAt(block, CHECKSUM.start, 8) !== checksum(block)) throw new TarError("the archive is damaged: a header has a wrong checksum");
  const name = textAt(block, 0, 100);
  // GNU keeps other things where POSIX keeps the beginning of a long name.
  const isPosix = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isPosix ? textAt(block, 345, 155) : "";
  const type = TYPES[String.fromCharCode(block[156] ?? 0)] ?? "unknown";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    // Archives older than POSIX say "folder" by a slash.
    type: type === "file" && name.endsWith("/") ? "directory" : type,
    linkName: textAt(block, 157, 100),
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    size: sizeOf(numberAt(block, 124, 12)),
    mtime: numberAt(block, 136, 12),
  };
}

export function sizeOf(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TarError("the archive is damaged: an entry has an impossible size");
  return value;
}

function checksum(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= CHECKSUM.start && at < CHECKSUM.end ? 32 : (block[at] ?? 0);
  return sum;
}

/** Up to the first zero byte. */
export function textAt(block: Buffer, start: number, length: number): string {
  const zero = block.indexOf(0, start);
  return block.toString("utf8", start, zero < 0 || zero > start + length ? start + length : zero);
}

/** Octal digits, or with the first bit set a big-endian binary number. */
export function numberAt(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) {
    const digits = block
      .toString("latin1", start, start + length)
      .replace(/[\0 ]+$/, "")
      .trim();
    if (!/^[0-7]*$/.test(digits)) throw new TarError("the archive is damaged: a header holds a number that is none");
    return digits === "" ? 0 : Number.parseInt(digits, 8);
  }
  if ((first & 0x40) !== 0) return -1; // negative; no field of ours may be
  let value = first & 0x3f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (block[at] ?? 0);
  return value;
}

/** Records of a PAX header: `LENGTH KEY=VALUE\n`, the length counting itself. Throws TarError. */
export function parsePax(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(bytes.toString("latin1", at, space));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    const isWhole = Number.isSafeInteger(length) && equals > space && equals < end && end <= bytes.length && bytes[end - 1] === 0x0a;
    if (!isWhole) throw new TarError("the archive is damaged: an extended header cannot be read");
    records.set(bytes.toString("utf8", space + 1, equals), bytes.toString("utf8", equals + 1, end - 1));
    at = end;
  }
  return records;
}
