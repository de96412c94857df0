import type { Gap } from "./contract.ts";
import type { ParkedEntry } from "./parked.ts";
import type { JournalReader, RawEvent } from "./reader.ts";
import type { JournalState } from "./state.ts";

/** A parked item's event: its own copy, or what the stream holds at its offset. */
export function parkedEvent(
  { state, reader }: { readonly state: JournalState; readonly reader: JournalReader },
  { id, offset, group }: ParkedEntry,
): RawEvent | Gap {
  const copy = state.parked.copies.get(id);
  if (copy !== undefined) {
    const record = reader.recordsAt(copy.place)?.find((one) => one.type === "parked-copy" && one.id === id);
    if (record?.type === "parked-copy") return { offset, receivedAtMs: copy.receivedAtMs, bytes: record.event };
    return { segment: copy.place.segment, from: offset, to: offset + 1, message: messageOf(state, copy.place.segment) };
  }
  const stream = state.streams.get(state.cursors.get(group.cursor)?.identity.stream ?? 0);
  if (stream === undefined) return { segment: 0, from: offset, to: offset + 1, message: "the stream is unknown" };
  const { events, gap } = reader.read(stream, offset, { limit: 1, maxBytes: 0, before: offset + 1 });
  return events[0] ?? gap ?? { segment: 0, from: offset, to: offset + 1, message: "the event is gone" };
}

function messageOf(state: JournalState, segment: number): string {
  return state.segments.get(segment)?.quarantine?.message ?? "the copy is not where it was written";
}
