import { deepEqual, isRecord } from "../../../std/json.ts";

/**
 * A JSON merge patch that brings `current` to `wanted`: what was in `original` and is wanted no more is deleted, what
 * only others set is left alone. Lists are replaced as a whole. Undefined when there is nothing to do.
 */
export function threeWayMergePatch(original: object, wanted: object, current: object): Record<string, unknown> | undefined {
  const patch = { ...deletions(original, wanted, current), ...changes(wanted, current, original) };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** `target` after a JSON merge patch (RFC 7396). */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Members = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatched(result[key], value);
  }
  return result;
}

type Members = Record<string, unknown>;

function deletions(original: object, wanted: object, current: object): Members {
  const gone = Object.keys(original).filter((key) => (wanted as Members)[key] === undefined && (current as Members)[key] !== undefined);
  return Object.fromEntries(gone.map((key) => [key, null]));
}

function changes(wanted: object, current: object, original: object): Members {
  const patch: Members = {};
  for (const [key, value] of Object.entries(wanted)) {
    const now = (current as Members)[key];
    const before = (original as Members)[key];
    if (value === undefined || deepEqual(value, now)) continue;
    if (!isRecord(value) || !isRecord(now)) patch[key] = value;
    else {
      const inner = threeWayMergePatch(isRecord(before) ? before : {}, value, now);
      if (inner !== undefined) patch[key] = inner;
    }
  }
  return patch;
}
