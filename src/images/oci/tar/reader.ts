import { ByteReader } from "./byte-reader.ts";
import { BLOCK, parseHeader, parsePax, sizeOf, TarError, type RawHeader, type TarType } from "./header.ts";
import { oldGnuMap, paxMap, type Extent, type SparseMap } from "./sparse.ts";

export interface TarEntry {
  readonly name: string;
  readonly type: Exclude<TarType, "sparse" | "pax" | "global-pax" | "gnu-name" | "gnu-link">;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of the file as it will be read, bytes. */
  readonly size: number;
  /** Seconds since the epoch, with fractions where the archive has them. */
  readonly mtime: number;
  /** Names of extended attributes; their values are not kept. */
  readonly xattrs: readonly string[];
  /** The pieces that the content fills; undefined: all of it. */
  readonly extents?: readonly Extent[];
  /** To be read before the next entry is asked for, or not at all. */
  readonly content: AsyncIterable<Buffer>;
}

/** An extended header or a long name beyond this is an attack on memory. */
const MAX_EXTENSION_BYTES = 1024 * 1024;
const XATTR = "SCHILY.xattr.";

interface Extensions {
  pax?: ReadonlyMap<string, string>;
  name?: string;
  linkName?: string;
}

/** The entries of a tar archive (POSIX, PAX and GNU) as they arrive. Throws TarError where it is damaged or cut off. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source);
  try {
    let extensions: Extensions = {};
    for (;;) {
      const block = await reader.take(BLOCK);
      const header = block === undefined ? undefined : parseHeader(block);
      if (block === undefined || header === undefined) break;
      if (await readExtension(reader, header, extensions)) continue;
      const body = new Body(reader);
      yield await openEntry(body, { block, header, extensions });
      await body.finish();
      extensions = {};
    }
    // What follows the end counts for the digest: it has to pass.
    while ((await reader.some(Infinity)) !== undefined);
  } finally {
    await reader.close();
  }
}

/** Whether the header was one that only says more about the next. */
async function readExtension(reader: ByteReader, { type, size }: RawHeader, extensions: Extensions): Promise<boolean> {
  if (type !== "pax" && type !== "global-pax" && type !== "gnu-name" && type !== "gnu-link") return false;
  if (size > MAX_EXTENSION_BYTES) throw new TarError("the archive holds an extended header that is too long");
  const bytes = await reader.need(size);
  await reader.skip(padding(size));
  if (type === "pax") extensions.pax = parsePax(bytes);
  if (type === "gnu-name") extensions.name = untilZero(bytes);
  if (type === "gnu-link") extensions.linkName = untilZero(bytes);
  return true;
}

interface Opening {
  readonly block: Buffer;
  readonly header: RawHeader;
  readonly extensions: Extensions;
}

async function openEntry(body: Body, { block, header, extensions }: Opening): Promise<TarEntry> {
  const { pax = new Map<string, string>() } = extensions;
  const stored = hasContent(header.type) ? sizeOf(Number(pax.get("size") ?? header.size)) : 0;
  const sparse = header.type === "sparse" ? await oldGnuMap(block, body.reader) : await paxMap(pax, body.reader);
  body.begin(stored, sparse);
  return {
    name: pax.get("GNU.sparse.name") ?? pax.get("path") ?? extensions.name ?? header.name,
    type: header.type === "sparse" ? "file" : (header.type as TarEntry["type"]),
    linkName: pax.get("linkpath") ?? extensions.linkName ?? header.linkName,
    mode: header.mode,
    uid: idOf(pax.get("uid"), header.uid),
    gid: idOf(pax.get("gid"), header.gid),
    size: sparse?.realSize ?? stored,
    mtime: timeOf(pax.get("mtime"), header.mtime),
    xattrs: [...pax.keys()].filter((key) => key.startsWith(XATTR)).map((key) => key.slice(XATTR.length)),
    ...(sparse === undefined ? {} : { extents: sparse.extents }),
    content: body,
  };
}

/** The content of one entry; what nobody reads is passed over. */
class Body implements AsyncIterable<Buffer> {
  readonly reader: ByteReader;
  #left = 0;
  #padding = 0;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  begin(stored: number, sparse: SparseMap | undefined): void {
    this.#left = stored - (sparse?.mapBytes ?? 0);
    this.#padding = padding(stored);
    const mapped = sparse?.extents.reduce((sum, { length }) => sum + length, 0) ?? this.#left;
    if (mapped !== this.#left) throw new TarError("the archive is damaged: a sparse file and its map differ in size");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const piece = await this.reader.some(this.#left);
      if (piece === undefined) throw new TarError("the archive ends in the middle of an entry");
      this.#left -= piece.length;
      yield piece;
    }
  }

  async finish(): Promise<void> {
    await this.reader.skip(this.#left + this.#padding);
    this.#left = 0;
  }
}

/** The header of a link or folder may state a size without any content. */
function hasContent(type: TarType): boolean {
  return type === "file" || type === "sparse" || type === "unknown";
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function untilZero(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  return bytes.toString("utf8", 0, zero < 0 ? bytes.length : zero);
}

function idOf(stated: string | undefined, header: number): number {
  const id = stated === undefined ? header : Number(stated);
  return Number.isSafeInteger(id) && id >= 0 && id < 2 ** 32 - 1 ? id : 0;
}

function timeOf(stated: string | undefined, header: number): number {
  const seconds = stated === undefined ? header : Number(stated);
  return Number.isFinite(seconds) && Math.abs(seconds) < 2 ** 34 ? seconds : 0;
}
