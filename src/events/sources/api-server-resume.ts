import { apiVersionOf } from "../../api/meta/kind.ts";
import type { Journal, JournalEvent, StreamId } from "../journal/contract.ts";
import type { ResumePoint } from "./api-server-changes.ts";
import type { FollowedResource } from "./api-server-source.ts";

/** So many events of a source are looked at for where each of its resources ended. */
const LOOK_BACK = 256;

/** The newest events of a source, oldest first. */
export async function recentEvents(journal: Pick<Journal, "streams" | "read">, stream: StreamId): Promise<readonly JournalEvent[]> {
  const known = (await journal.streams()).find((one) => one.stream === stream);
  if (known === undefined || known.head === known.oldest) return [];
  const read = await journal.read({ stream, from: Math.max(known.oldest, known.head - LOOK_BACK), limit: LOOK_BACK });
  return read.kind === "ok" ? read.events : [];
}

/**
 * Where a resource's events end; the id of an event names its version. Resources are followed beside each other, so one may have
 * been behind another: each goes on where its own events end. One without any goes on where the others end.
 */
export function resumePoint(recent: readonly JournalEvent[], resource: FollowedResource): ResumePoint | undefined {
  const own = recent.filter((event) => isOf(event, resource));
  const points = (own.length === 0 ? recent : own).flatMap(pointOf);
  return points.reduce<ResumePoint | undefined>(
    (last, point) => (last === undefined || Number(point.version) > Number(last.version) ? point : last),
    undefined,
  );
}

function isOf({ attributes }: JournalEvent, { kind, namespace }: FollowedResource): boolean {
  const isKind = attributes["kind"] === kind.kind && attributes["apiversion"] === apiVersionOf(kind);
  return isKind && (namespace === undefined || attributes["namespace"] === namespace);
}

function pointOf({ attributes }: JournalEvent): ResumePoint[] {
  const version = String(attributes["id"]).split(".")[1] ?? "";
  const timeMs = Date.parse(String(attributes["time"]));
  return /^\d+$/.test(version) && !Number.isNaN(timeMs) ? [{ version, timeMs }] : [];
}
