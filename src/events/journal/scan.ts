import { frameAt, HEADER_BYTES, nextGoodFrame, type Frame } from "./frame.ts";

/** What a segment holds, as far as it can be read. */
export interface SegmentScan {
  readonly frames: readonly Frame[];
  /** Where the next frame may be written: after the last that counts. */
  readonly end: number;
  /** Damage between `from` and `to`: frames behind it, or the next segment, say that these bytes were synced. */
  readonly damage: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Reads a whole segment. `declaredEnd` is where the segment after it says that this one ends; without it the end is where
 * the last frame ends that can be read, and a tail that a power cut tore is left out.
 */
export function scanSegment(bytes: Uint8Array, segment: number, declaredEnd?: number): SegmentScan {
  const limited = declaredEnd === undefined ? bytes : bytes.subarray(0, declaredEnd);
  const frames: Frame[] = [];
  const damage: { from: number; to: number }[] = [];
  let position = HEADER_BYTES;
  while (declaredEnd === undefined || position < declaredEnd) {
    const frame = frameAt(limited, { segment, position });
    if (frame !== undefined) {
      frames.push(frame);
      position = frame.end;
      continue;
    }
    const later = goodAfter(limited, { segment, position }, declaredEnd);
    if (later === undefined && declaredEnd === undefined) return { frames, end: position, damage };
    const to = later?.position ?? declaredEnd ?? position;
    damage.push({ from: position, to });
    position = to;
  }
  return { frames, end: position, damage };
}

/** The first good frame after one that cannot be read; without a declared end it must prove that the bad one was synced. */
function goodAfter(bytes: Uint8Array, place: { segment: number; position: number }, declaredEnd: number | undefined): Frame | undefined {
  const first = nextGoodFrame(bytes, place);
  if (declaredEnd !== undefined) return first;
  for (let frame = first; frame !== undefined; frame = nextGoodFrame(bytes, { segment: place.segment, position: frame.position })) {
    if (frame.durable > place.position) return first;
  }
  return undefined;
}
