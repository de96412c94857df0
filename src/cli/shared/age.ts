import { humanDuration } from "../../std/duration.ts";

/** One unit only, as `describe` prints ages: `42s`, `3m`, `2h`, `5d`, `1y`; nothing without a time (NaN). */
export function shortDuration(durationMs: number): string {
  if (Number.isNaN(durationMs)) return "";
  const seconds = Math.trunc(durationMs / 1000);
  if (!Number.isFinite(seconds) || seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 365 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

/** The age in a list; `<unknown>` of what has never met a server. */
export function ageCell(timestamp: string | undefined, now: number): string {
  return timestamp === undefined ? "<unknown>" : humanDuration(ageMs(timestamp, now));
}

/** Milliseconds from an RFC 3339 time to `now`; NaN without a time. */
export function ageMs(timestamp: string | undefined, now: number): number {
  return timestamp === undefined ? Number.NaN : now - Date.parse(timestamp);
}
