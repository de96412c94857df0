import type { ByteReader } from "./byte-reader.ts";
import { BLOCK, numberAt, sizeOf, TarError } from "./header.ts";

/** A piece of a file that has content; what lies between pieces reads as zeros. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

export interface SparseMap {
  readonly extents: readonly Extent[];
  /** Of the file as it is read, bytes. */
  readonly realSize: number;
  /** Bytes of the entry's content that the map itself took. */
  readonly mapBytes: number;
}

const MAX_EXTENTS = 65_536;

/** The map in a header of GNU's old format and in the blocks that follow it. */
export async function oldGnuMap(block: Buffer, reader: ByteReader): Promise<SparseMap> {
  const extents = extentsIn(block, 386, 4);
  const realSize = sizeOf(numberAt(block, 483, 12));
  let more = block[482] === 1;
  while (more) {
    const next = await reader.need(BLOCK);
    extents.push(...extentsIn(next, 0, 21));
    more = next[504] === 1;
    if (extents.length > MAX_EXTENTS) throw tooMany();
  }
  return checked({ extents, realSize, mapBytes: 0 });
}

function extentsIn(block: Buffer, start: number, count: number): Extent[] {
  const all = Array.from({ length: count }, (_, index) => ({
    offset: numberAt(block, start + index * 24, 12),
    length: numberAt(block, start + index * 24 + 12, 12),
  }));
  return all.filter(({ offset, length }) => offset > 0 || length > 0);
}

/** The map of a PAX header, formats 0.0, 0.1 and 1.0; undefined when the file is not sparse. */
export async function paxMap(pax: ReadonlyMap<string, string>, reader: ByteReader): Promise<SparseMap | undefined> {
  const realSize = pax.get("GNU.sparse.realsize") ?? pax.get("GNU.sparse.size");
  if (realSize === undefined) return undefined;
  if (pax.get("GNU.sparse.major") === "1") return mapInContent(Number(realSize), reader);
  const numbers = pax.get("GNU.sparse.map");
  if (numbers === undefined) throw new TarError("the archive holds a sparse file in a format that this platform does not read");
  return checked({ extents: pairs(numbers.split(",").map(Number)), realSize: Number(realSize), mapBytes: 0 });
}

/** Decimal numbers, one a line, in front of the content and padded to a block. */
async function mapInContent(realSize: number, reader: ByteReader): Promise<SparseMap> {
  let text = "";
  let mapBytes = 0;
  let count = Number.NaN;
  for (;;) {
    text += (await reader.need(BLOCK)).toString("latin1");
    mapBytes += BLOCK;
    const lines = text.split("\n");
    if (lines.length > 1 && Number.isNaN(count)) count = Number(lines[0]);
    if (count > MAX_EXTENTS || mapBytes > MAX_EXTENTS * 50) throw tooMany();
    if (lines.length <= count * 2 + 1) continue;
    return checked({ extents: pairs(lines.slice(1, count * 2 + 1).map(Number)), realSize, mapBytes });
  }
}

function pairs(numbers: readonly number[]): Extent[] {
  return numbers.flatMap((offset, index) => (index % 2 === 0 ? [{ offset, length: numbers[index + 1] ?? Number.NaN }] : []));
}

/** Extents must be in order and inside of the file. */
function checked(map: SparseMap): SparseMap {
  sizeOf(map.realSize);
  if (map.extents.length > MAX_EXTENTS) throw tooMany();
  let end = 0;
  for (const { offset, length } of map.extents) {
    if (sizeOf(offset) < end || sizeOf(offset + sizeOf(length)) > map.realSize)
      throw new TarError("the archive is damaged: a sparse file has an impossible map");
    end = offset + length;
  }
  return map;
}

function tooMany(): TarError {
  return new TarError(`the archive holds a sparse file with more than ${MAX_EXTENTS} pieces`);
}
