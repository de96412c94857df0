/** What became of one event, for people. Pure. */
import type { TimelineEntry, TriggerOutcome } from "../../api/observe/event-record.ts";
import { cloudEventOf } from "../delivery/pending.ts";
import type { EventHistory, HistoryEntry } from "../journal/contract.ts";
import { replayOfReader, REPLAY_PREFIX } from "./replay-reader.ts";
import type { ReaderView } from "./world.ts";

export function timelineOf({ event, entries }: EventHistory, nameOf: (reader: string) => string): TimelineEntry[] {
  const received = { at: iso(event.receivedAtMs), what: "received" };
  const later = entries.map((entry) => {
    const trigger = entry.reader === "" ? {} : { trigger: nameOf(entry.reader) };
    return { at: iso(entry.atMs), ...trigger, what: whatOf(entry) };
  });
  return [received, ...later];
}

/** A name for people: the trigger's, or the replay's. */
export function readerNames(readers: readonly ReaderView[]): (reader: string) => string {
  const names = new Map(readers.map(({ cursor, trigger }) => [cursor.reader, trigger]));
  return (reader) => {
    if (reader.startsWith(REPLAY_PREFIX)) return `replay ${replayOfReader(reader)?.name ?? reader}`;
    return names.get(reader) ?? `${reader} (gone)`;
  };
}

/** Of each trigger that is there, and of each that was. `readers` are those of the event's stream. */
export function outcomesOf(history: EventHistory, readers: readonly ReaderView[]): TriggerOutcome[] {
  const nameOf = readerNames(readers);
  const seen = new Set(history.entries.map(({ reader }) => reader).filter((reader) => reader !== ""));
  for (const { cursor } of readers) seen.add(cursor.reader);
  return [...seen].map((reader) => {
    const view = readers.find(({ cursor }) => cursor.reader === reader);
    return { trigger: nameOf(reader), ...outcomeOf(history, reader, view) };
  });
}

function outcomeOf(history: EventHistory, reader: string, view: ReaderView | undefined): Omit<TriggerOutcome, "trigger"> {
  const own = history.entries.filter((entry) => entry.reader === reader);
  const end = own.findLast(({ kind }) => kind === "settled" || kind === "parked");
  if (end?.kind === "parked") return parkedOutcome(history, end);
  const why = view?.subscription?.filter.explain(cloudEventOf(history.event));
  if (end?.kind === "settled") {
    if (end.outcome === "filtered") return { outcome: "filtered", detail: why ?? "its filter did not match then" };
    return { outcome: end.outcome, ...detail(answered(end)) };
  }
  if (why !== undefined) return { outcome: "filtered", detail: why };
  const last = own.findLast(({ kind }) => kind === "attempt");
  return { outcome: "pending", ...detail(last === undefined ? view?.problem : whatOf(last)) };
}

function parkedOutcome(
  { entries }: EventHistory,
  { id, reason, message }: HistoryEntry & { kind: "parked" },
): Omit<TriggerOutcome, "trigger"> {
  const resolved = entries.find((entry) => entry.kind === "resolved" && entry.id === id);
  if (resolved?.kind === "resolved") {
    const how = resolved.outcome === "superseded" ? ": an edited copy was sent in its place" : "";
    return { outcome: resolved.outcome, detail: `dead letter ${id}${how}` };
  }
  return { outcome: "parked", detail: `dead letter ${id}: ${[reason, message].filter(Boolean).join(", ")}` };
}

function detail(text: string | undefined): { readonly detail?: string } {
  return text === undefined || text === "" ? {} : { detail: text };
}

function whatOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case "attempt":
      if (entry.nextAtMs === undefined) return `attempt ${entry.attempt}`;
      return `attempt ${entry.attempt} failed: ${entry.note ?? `status ${entry.status ?? 0}`}; next at ${iso(entry.nextAtMs)}`;
    case "settled":
      return [entry.outcome, answered(entry)].filter((part) => part !== "").join(", ");
    case "parked":
      return `parked as dead letter ${entry.id}: ${[entry.reason, entry.message].filter(Boolean).join(", ")}`;
    case "resolved":
      return `dead letter ${entry.id} ${entry.outcome}`;
  }
}

function answered({ status, durationMs, attempt, note }: HistoryEntry & { kind: "settled" }): string {
  const took = durationMs === undefined ? "" : ` in ${durationMs} ms`;
  const parts = [status === undefined ? "" : `status ${status}${took}`, attempt === undefined ? "" : `attempt ${attempt}`, note ?? ""];
  return parts.filter((part) => part !== "").join(", ");
}

export function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
