import { isRecord } from "../../../std/json.ts";

/** RFC 7396. Neither argument is changed; what the patch does not touch is shared with `target`. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const out: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (name === "__proto__") continue;
    if (value === null) delete out[name];
    else out[name] = mergePatch(Object.hasOwn(out, name) ? out[name] : undefined, value);
  }
  return out;
}
