/**
 * From a folder to a state: the newest snapshot that can be read, then the frames of the segments behind it, in the order that
 * their headers tell (see frame.ts). What a process left unsynced that died is synced before anybody hears of it.
 */
import { MalformedBytes } from "./bytes.ts";
import type { OpenFailure } from "./contract.ts";
import type { JournalDisk } from "./disk.ts";
import { decodeHeader, FORMAT_VERSION, HEADER_BYTES, type Place, type SegmentHeader } from "./frame.ts";
import { segmentName, segmentOfName, type LogTail } from "./log.ts";
import { decodeRecords } from "./records.ts";
import { scanSegment } from "./scan.ts";
import { decodeSnapshot, type Snapshot } from "./snapshot.ts";
import { JournalState } from "./state.ts";

export interface Recovered {
  readonly kind: "ok";
  readonly state: JournalState;
  readonly tail: LogTail;
  /** Bases of the snapshots that can be read, newest first. */
  readonly snapshots: readonly number[];
  /** Bytes of frames that no snapshot covers. */
  readonly tailBytes: number;
  /** Parts that could not be read, for people. */
  readonly problems: readonly string[];
}

export interface RecoverOptions {
  readonly disk: JournalDisk;
  readonly folder: string;
  /** Where the writer that failed in this process knew the log to be synced: nothing behind it counts. */
  readonly cut?: LogTail;
}

const SNAPSHOT_NAME = /^snapshot-(\d{10})\.bin$/;

export function snapshotName(base: number): string {
  return `snapshot-${String(base).padStart(10, "0")}.bin`;
}

/** @throws what the disk throws */
export function recover(options: RecoverOptions): Recovered | OpenFailure {
  const { disk, folder } = options;
  const names = disk.list(folder);
  const snapshots = readSnapshots(disk, folder, names);
  if (snapshots.kind === "newer") return newer(folder);
  const [newest] = snapshots.readable;
  const state = newest?.state ?? new JournalState();
  const base = newest?.base ?? 0;
  const present = names.map(segmentOfName).filter((segment) => segment !== undefined);
  const chain = readChain(options, present, base);
  if (chain.kind === "newer") return newer(folder);
  const recovery: Recovery = { ...options, state, problems: snapshots.broken.map((name) => `${name} cannot be read`), doubts: new Map() };
  noteMissing(recovery, present, base);
  let tailBytes = 0;
  for (const link of chain.links) tailBytes += replay(recovery, link);
  passDoubts(recovery);
  syncTail(recovery, chain.links.at(-1)?.segment);
  removeStrangers(recovery, present, chain.links, base);
  for (const name of snapshots.broken) disk.remove(`${folder}/${name}`);
  return {
    kind: "ok",
    state,
    tail: tailOf(state, chain.links, present, base),
    snapshots: snapshots.readable.map((one) => one.base),
    tailBytes,
    problems: recovery.problems,
  };
}

interface Recovery extends RecoverOptions {
  readonly state: JournalState;
  readonly problems: string[];
  /** By stream: its head before bytes that cannot be read, and how many there were. */
  readonly doubts: Map<number, { readonly head: number; readonly bytes: number }>;
}

/** A segment that counts. */
interface Link {
  readonly segment: number;
  /** undefined for a header that cannot be read. */
  readonly header: SegmentHeader | undefined;
  readonly declaredEnd: number | undefined;
}

type Chain = { readonly kind: "ok"; readonly links: readonly Link[] } | { readonly kind: "newer" };

function newer(folder: string): OpenFailure {
  const message = `${folder} was written by a later version of Kinetic; use that version, or another data directory`;
  return { kind: "newer", message };
}

function readSnapshots(disk: JournalDisk, folder: string, names: readonly string[]) {
  const readable: Snapshot[] = [];
  const broken: string[] = [];
  for (const name of names.filter((one) => SNAPSHOT_NAME.test(one)).toReversed()) {
    const read = decodeSnapshot(readWhole(disk, `${folder}/${name}`));
    if (read.kind === "newer") return { kind: "newer" } as const;
    if (read.kind === "ok") readable.push(read.snapshot);
    else broken.push(name);
  }
  return { kind: "ok", readable, broken } as const;
}

/** Walks from the newest segment to the oldest that the snapshot does not cover. */
function readChain({ disk, folder, cut }: RecoverOptions, present: readonly number[], base: number): Chain {
  const links: Link[] = [];
  /** What the segment after it says; without a cut the newest has none. */
  let expected: { readonly segment: number; readonly end: number } | undefined;
  if (cut !== undefined) expected = { segment: cut.previous, end: cut.previousEnd };
  for (const segment of present.filter((one) => one >= base).toReversed()) {
    if (expected !== undefined && segment > expected.segment) continue;
    if (expected !== undefined && segment < expected.segment) {
      links.push({ segment: expected.segment, header: undefined, declaredEnd: expected.end }); // the file is missing
      expected = undefined;
    }
    const path = `${folder}/${segmentName(segment)}`;
    const header = decodeHeader(readStart(disk, path));
    if (header !== undefined && header.version > FORMAT_VERSION) return { kind: "newer" };
    const isBegun = header?.segment === segment;
    if (!isBegun && expected === undefined && !wasSynced(readWhole(disk, path), segment)) continue; // a power cut took its first turn
    links.push({ segment, header: isBegun ? header : undefined, declaredEnd: expected?.end });
    expected = isBegun ? { segment: header.previous, end: header.previousEnd } : undefined;
  }
  if (expected !== undefined && expected.segment >= Math.max(base, 1)) {
    links.push({ segment: expected.segment, header: undefined, declaredEnd: expected.end });
  }
  return { kind: "ok", links: links.toReversed() };
}

/** A segment with a header that cannot be read is damaged, and not just torn, when a frame knows of an earlier sync. */
function wasSynced(bytes: Uint8Array, segment: number): boolean {
  const { frames, damage } = scanSegment(bytes, segment);
  return damage.length > 0 || frames.some((frame) => frame.durable > 0);
}

/** @returns the bytes of its frames */
function replay(recovery: Recovery, { segment, header, declaredEnd }: Link): number {
  const { state, problems } = recovery;
  const scan = scanSegment(readWhole(recovery.disk, `${recovery.folder}/${segmentName(segment)}`), segment, declaredEnd);
  const info = state.segmentAt(segment, header?.createdAtMs);
  info.end = scan.end;
  const damaged = scan.damage.map(({ from, to }) => `bytes ${from} to ${to}`);
  if (header === undefined) damaged.unshift("its header");
  const damage = [...scan.damage];
  for (const frame of scan.frames) {
    while ((damage[0]?.from ?? Infinity) < frame.position) doubt(recovery, damage.shift());
    if (applyFrame(state, frame.payload, { segment, position: frame.position })) continue;
    damaged.push(`the records at ${frame.position}`);
    doubt(recovery, { from: frame.position, to: frame.end });
  }
  for (const rest of damage) doubt(recovery, rest);
  if (damaged.length > 0) {
    info.quarantine ??= { message: `cannot be read: ${damaged.join(", ")}`, released: false };
    problems.push(`${segmentName(segment)} is quarantined: ${info.quarantine.message}`);
  }
  return scan.end - HEADER_BYTES;
}

function doubt({ state, doubts }: Recovery, range: { readonly from: number; readonly to: number } | undefined): void {
  if (range === undefined) return;
  for (const { number, head } of state.streams.values()) {
    const known = doubts.get(number);
    doubts.set(number, { head, bytes: range.to - range.from + (known?.head === head ? known.bytes : 0) });
  }
}

/** J2. Nobody knows how many events the unreadable bytes held, but an event takes more than a byte: their offsets are passed over. */
function passDoubts({ state, doubts }: Recovery): void {
  for (const [number, { head, bytes }] of doubts) {
    const stream = state.streams.get(number);
    if (stream?.head === head) stream.head += bytes;
  }
}

function applyFrame(state: JournalState, payload: Uint8Array, place: Place): boolean {
  try {
    for (const record of decodeRecords(payload)) state.apply(record, place);
    return true;
  } catch (error) {
    if (error instanceof MalformedBytes) return false;
    throw error;
  }
}

/** Segments that the snapshot knows and the folder does not have. */
function noteMissing({ state, problems }: Recovery, present: readonly number[], base: number): void {
  for (const info of state.segments.values()) {
    if (info.segment >= base || present.includes(info.segment)) continue;
    if (info.quarantine === undefined) problems.push(`${segmentName(info.segment)} is missing`);
    info.quarantine ??= { message: "the file is missing", released: false };
  }
}

/** Files of segments that were given up, or never begun. They may come back after a power cut, and are then removed again. */
function removeStrangers({ disk, folder, state }: Recovery, present: readonly number[], links: readonly Link[], base: number): void {
  const counted = new Set(links.map((link) => link.segment));
  for (const segment of present) {
    const isNeeded = segment < base ? state.segments.has(segment) : counted.has(segment);
    if (!isNeeded) disk.remove(`${folder}/${segmentName(segment)}`);
  }
  for (const name of disk.list(folder)) if (name.endsWith(".partial")) disk.remove(`${folder}/${name}`);
}

/**
 * What the last segment holds and no frame proves to be synced is written again before it is synced: if the process before
 * died of a failed sync, the system may believe those bytes to be on the disk, and show them, although they never were.
 */
function syncTail({ disk, folder, cut, state }: Recovery, last: number | undefined): void {
  if (last !== undefined && cut === undefined) {
    using file = disk.open(`${folder}/${segmentName(last)}`);
    const end = state.segments.get(last)?.end ?? 0;
    const bytes = file?.read(0, end) ?? new Uint8Array();
    const proven = scanSegment(bytes, last, end).frames.reduce((most, frame) => Math.max(most, frame.durable), 0);
    file?.write(proven, [Uint8Array.from(bytes.subarray(proven))]);
    file?.sync("boot");
  }
  disk.syncFolder(folder, "boot");
}

function tailOf(state: JournalState, links: readonly Link[], present: readonly number[], base: number): LogTail {
  const nextSegment = Math.max(base, 1, ...present.map((segment) => segment + 1));
  const previous = links.at(-1)?.segment ?? Math.max(0, ...state.segments.keys());
  return { previous, previousEnd: state.segments.get(previous)?.end ?? 0, nextSegment };
}

/** Empty when there is no such file. The bytes are valid until the next write. */
export function readWhole(disk: JournalDisk, path: string): Uint8Array {
  using file = disk.open(path);
  return file === undefined ? new Uint8Array() : file.read(0, file.size);
}

function readStart(disk: JournalDisk, path: string): Uint8Array {
  using file = disk.open(path);
  return file === undefined ? new Uint8Array() : file.read(0, HEADER_BYTES);
}
