import type { GcConfig } from "../../../../api/config/gc.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import { NO_GC_ANNOTATION, ROUTING_STATE_LABEL, ROUTING_STATE_MODIFIED_ANNOTATION } from "../../../../api/names/labels.ts";

export interface Cleanup {
  readonly remove: readonly Revision[];
  /** Epoch milliseconds at which the next revision may become old enough; undefined: none will by itself. */
  readonly lookAgainAt: number | undefined;
}

/** Which revisions of a Configuration to delete. `kept` is its latest ready one. Times in epoch milliseconds. */
export function decideCleanup(revisions: readonly Revision[], kept: string | undefined, config: GcConfig, now: number): Cleanup {
  const idle = revisions.filter((revision) => isIdle(revision, kept)).toSorted((a, b) => lastActive(a) - lastActive(b));
  const { minNonActiveRevisions: min, maxNonActiveRevisions: max = Number.POSITIVE_INFINITY } = config;
  const stale = idle.filter((revision) => staleAt(revision, config) <= now).slice(0, Math.max(0, idle.length - min));
  const left = idle.filter((revision) => !stale.includes(revision));
  const surplus = left.slice(0, Math.max(0, left.length - max));
  const remaining = left.slice(surplus.length);
  const next = Math.min(...remaining.map((revision) => staleAt(revision, config)).filter((at) => at > now));
  return { remove: [...stale, ...surplus], lookAgainAt: remaining.length > min && Number.isFinite(next) ? next : undefined };
}

function isIdle({ metadata }: Revision, kept: string | undefined): boolean {
  const { name, labels, annotations, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || name === kept) return false;
  return annotations?.[NO_GC_ANNOTATION]?.toLowerCase() !== "true" && labels?.[ROUTING_STATE_LABEL] === "reserve";
}

function lastActive({ metadata }: Revision): number {
  return Date.parse(metadata.annotations?.[ROUTING_STATE_MODIFIED_ANNOTATION] ?? metadata.creationTimestamp ?? "") || 0;
}

/** When a revision is old by both measures; never, when both are disabled. */
function staleAt(revision: Revision, { retainSinceCreateTimeMs: create, retainSinceLastActiveTimeMs: active }: GcConfig): number {
  if (create === undefined && active === undefined) return Number.POSITIVE_INFINITY;
  const created = Date.parse(revision.metadata.creationTimestamp ?? "") || 0;
  return Math.max(create === undefined ? 0 : created + create, active === undefined ? 0 : lastActive(revision) + active);
}
